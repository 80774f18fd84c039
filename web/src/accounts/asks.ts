/** What is asked before a role is given or taken back, and how accounts are looked for. */
import type { Wire, Words } from '@/api/client'
import type { Ask } from '@/forms/ask'
import { question } from '@/forms/question'
import { endOfDay } from '@/time/format'

type Account = Wire['AccountView']
type Say = (key: string, details?: Record<string, unknown>) => string

/** Accounts are kept by the deployment's own ledger. */
const KEPT_BY = 'root'

/** Accounts whose name, id, role or place has the text. */
export function matching(accounts: readonly Account[], text: string, w: (words: Words) => string): Account[] {
  const wanted = text.trim().toLowerCase()
  return accounts.filter((account) => [account.name, account.id, ...account.roles.flatMap((role) => [w(role.name), role.place])].some((found) => found.toLowerCase().includes(wanted)))
}

export function askGrant(account: Account, roles: readonly Wire['Named'][], places: Wire['Named'][], t: Say): Ask {
  return {
    title: t('accounts.grantTo', { name: account.name }), lead: t('accounts.grantLead'), label: t('accounts.grant'), ledger: KEPT_BY, done: t('accounts.granted'),
    fields: [
      question('role', '角色', 'Role', 'choice', { choices: [...roles] }),
      question('place', '在哪里', 'Where', 'choice', { choices: places, hint: { zh: '在这里和它下面的各级都有效。', en: 'It holds there and everywhere below.' } }),
      question('until', '到哪一天', 'Until which day', 'date', { required: false, hint: { zh: '不填则一直有效，直到收回。', en: 'Left open it holds until it is taken back.' } }),
    ],
    commands: ({ role, place, until }) => [{ ledger: KEPT_BY, kind: 'grant_role', body: { account: account.id, role, place, ...(until ? { until: endOfDay(String(until)) } : {}) } }],
  }
}

export function askRevoke(account: Account, role: Wire['AccountRole'], place: string, t: Say, w: (words: Words) => string): Ask {
  const details = { name: account.name, role: w(role.name), place }
  return {
    title: t('accounts.revokeOf', details), lead: t('accounts.revokeLead', details), label: t('accounts.revoke'), harms: true, ledger: KEPT_BY, done: t('accounts.revoked'),
    fields: [question('reason', '原因', 'Reason', 'text')],
    commands: ({ reason }) => [{ ledger: KEPT_BY, kind: 'revoke_role', body: { account: account.id, role: role.id, place: role.place_id, reason } }],
  }
}
