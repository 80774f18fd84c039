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
  sealed: false,
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
