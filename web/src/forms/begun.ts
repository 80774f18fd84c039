/** Records that were begun on this device and not sent yet. */
import { attachments, drafts } from '@/outbox/shelf'
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

/** A draft as it lies on the shelf: its files lie beside it, by name. */
type OnShelf = Omit<Begun, 'record'> & { record: { xml: string; files: { name: string }[] } }

const besides = (key: string) => `${key} / `

/** Keeps a draft. Files are written once: the form gives each a name of its own. */
export async function writeBegun(key: string, begun: Begun): Promise<void> {
  const before = (await attachments.keys()).filter((one) => one.startsWith(besides(key)))
  const now = new Set<string>()
  for (const { name, blob } of begun.record.files) {
    const at = besides(key) + name
    now.add(at)
    if (!before.includes(at)) await attachments.write(at, blob)
  }
  const { xml, files } = begun.record
  await drafts.write(key, { ...begun, record: { xml, files: files.map(({ name }) => ({ name })) } } satisfies OnShelf)
  await Promise.all(before.filter((one) => !now.has(one)).map((one) => attachments.remove(one)))
}

/** A draft with its files; nothing where none was begun. */
export async function readBegun(key: string): Promise<Begun | undefined> {
  const draft = (await drafts.read(key)) as OnShelf | undefined
  if (!draft?.record) return undefined
  const files = await Promise.all(draft.record.files.map(async ({ name }) => ({ name, blob: await attachments.read(besides(key) + name) })))
  return { ...draft, record: { xml: draft.record.xml, files: files.filter((file): file is { name: string; blob: Blob } => !!file.blob) } }
}

/** Lets a draft go, with all that belongs to it. */
export async function removeBegun(key: string): Promise<void> {
  await drafts.remove(key)
  const files = (await attachments.keys()).filter((one) => one.startsWith(besides(key)))
  await Promise.all(files.map((one) => attachments.remove(one)))
}

/** What somebody has begun here, the latest first; without its files. */
export async function begunBy(account: string): Promise<{ key: string; begun: Omit<Begun, 'record'> }[]> {
  const all = await drafts.entries()
  return all
    .filter(([key, draft]) => String(key).startsWith(`${account} `) && !!draft.record)
    .map(([key, draft]) => ({ key: String(key), begun: draft as unknown as OnShelf }))
    .sort((a, b) => b.begun.at.localeCompare(a.begun.at))
}
