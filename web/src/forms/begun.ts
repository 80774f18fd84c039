/** Records that were begun on this device and not sent yet. */
import { drafts } from '@/outbox/shelf'
import type { FormEntry, KnownValue, RecordParts } from './records'

/** A record that was begun here, with the edition of the form that it was begun with. */
export interface Begun {
  record: RecordParts
  form: FormEntry
  known: KnownValue[]
  at: string
  /** About whom, as people say it: a door. */
  about: string
  /** The address under which it goes on. */
  to: Record<string, string>
}

/** Under which key a draft is kept: whose it is comes first. */
export function draftKey(account: string, of: string[]): string {
  return [account, ...of].join(' ')
}

/** What somebody has begun here, the latest first. */
export async function begunBy(account: string): Promise<{ key: string; begun: Begun }[]> {
  const all = await drafts.entries()
  return all
    .filter(([key, draft]) => String(key).startsWith(`${account} `) && !!draft.record)
    .map(([key, draft]) => ({ key: String(key), begun: draft as unknown as Begun }))
    .sort((a, b) => b.begun.at.localeCompare(a.begun.at))
}
