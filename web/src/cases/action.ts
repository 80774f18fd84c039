/** The form behind an action's button, and the command that it sends. */
import type { Command } from '@/api/commands'
import type { Wire } from '@/api/client'
import { answersOf, type Draft, type FieldSpec } from '@/forms/fields'

export type CaseAction = Wire['CaseAction']

/** Words for the reason that an order has to give. */
const REASON: FieldSpec = {
  element: 'reason',
  name: { zh: '作出这个决定的理由', en: 'Why this is decided' },
  type: 'text',
  required: true,
  choices: [],
  greatest: 2000,
  sealed: true,
}

/** What the form of an action asks: the pack's questions, and the reason for an order. */
export function asksOf(action: CaseAction): FieldSpec[] {
  return action.needs_reason ? [...action.asks, REASON] : action.asks
}

/** The command of an action with its answers. Actions of packs keep their answers apart. */
export function commandOf(action: CaseAction, where: { ledger: string; case: string }, draft: Draft): Command {
  const fields = answersOf(action.asks, draft)
  if (action.command !== 'act_on_case') {
    return { ledger: where.ledger, kind: action.command, body: { case: where.case, ...fields } }
  }
  const reason = action.needs_reason ? String(draft[REASON.element] ?? '').trim() : undefined
  return {
    ledger: where.ledger,
    kind: 'act_on_case',
    body: { case: where.case, action: action.id, fields, ...(reason ? { reason } : {}) },
  }
}

/** The names of what nobody has yet, as one list. */
export function missingCare(care: readonly Wire['CareNeed'][]): Wire['Words'] | undefined {
  const open = care.filter((need) => !need.owner).map((need) => need.name)
  if (!open.length) return undefined
  return { zh: [...new Set(open.map((name) => name.zh))].join('、'), en: [...new Set(open.map((name) => name.en))].join(', ') }
}

/** Why something is refused: a refusal for want of care names the needs as the page names them. */
export function whyOf(why: { code?: string | null; words?: Wire['Words'] | null }, care: readonly Wire['CareNeed'][]): Wire['Words'] | undefined {
  const missing = why.code === 'care_missing' ? missingCare(care) : undefined
  if (!missing) return why.words ?? undefined
  return {
    zh: `还没有人负责：${missing.zh}。请先逐项请人，对方同意后就可以开始。`,
    en: `Nobody has taken on yet: ${missing.en}. Ask somebody for each; it can begin once they agree.`,
  }
}

/** Which actions go first: the pack's own that may be done now, then the common ones, then the refused. */
export function sorted(actions: readonly CaseAction[]): { main: CaseAction[]; more: CaseAction[]; refused: CaseAction[] } {
  const allowed = actions.filter((action) => action.allowed)
  const isMain = (action: CaseAction) => action.command === 'act_on_case' || ['verify_case', 'rate_case'].includes(action.command)
  return {
    main: allowed.filter(isMain),
    more: allowed.filter((action) => !isMain(action)),
    refused: actions.filter((action) => !action.allowed),
  }
}
