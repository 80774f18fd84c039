/** A record as it goes to the server: its XML and what is attached. */
import type { Language } from '@/time/format'
import type { RecordParts } from './records'

/** Under which name ODK's world sends the XML of a record. */
export const RECORD_FILE = 'xml_submission_file'

/** The parts of a record out of what the form component gives. */
export async function partsOf(data: FormData): Promise<RecordParts> {
  const xml = await (data.get(RECORD_FILE) as File).text()
  const files = [...data.entries()].flatMap(([name, file]) => (name !== RECORD_FILE && file instanceof Blob ? [{ name, blob: file as Blob }] : []))
  return { xml, files }
}

/** The id that a record was given when it was begun; the server takes it once. */
export function instanceId(xml: string): string {
  const found = /<(?:[\w.-]+:)?instanceID\b[^>]*>\s*([^<]*?)\s*</.exec(xml)?.[1]
  if (!found) throw new Error('A record without an instanceID')
  return found
}

const INSTANT = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?/g

/** A record without the instants in it: the form itself writes when it was looked at. */
export function withoutInstants(xml: string): string {
  return xml.replace(INSTANT, '')
}

const CHINESE = /\(zh\b|中文|汉语|漢語|chinese|^zh\b/i
const ENGLISH = /\(en\b|english|^en\b/i

/** The language of a form that a reader of the app's language reads. */
export function languageFor<T extends { language: string; isSyntheticDefault?: true }>(languages: readonly T[], language: Language): T | undefined {
  const wanted = language === 'en' ? ENGLISH : CHINESE
  return languages.find((one) => !one.isSyntheticDefault && wanted.test(one.language))
}
