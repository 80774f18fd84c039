/** Forms as XForms, and records that were filled with them: how the app asks for and sends them. */
import { api, ask, csrfToken, fetchRaw, type Wire } from '@/api/client'
import { send } from '@/api/send'
import type { Counts } from './known'

export type FormEntry = Wire['FormOffer']
/** Something that is known about somebody, as an answer to a question of a form. */
export type KnownValue = Wire['KnownAnswer']
export type WorkbookProblem = Wire['WorkbookProblem']
export type OutlineLine = Wire['OutlineRow']
export type FormChange = Wire['FormChange']
export type Checked = Wire['WorkbookReport']

/** A record: its XML, and the photographs and other files that belong to it. */
export interface RecordParts {
  xml: string
  files: { name: string; blob: Blob }[]
}

/** A record, and about whom it is. */
export interface RecordOnItsWay extends RecordParts {
  /** `person:ID` or `household:ID`. */
  subject?: string
  case?: string
  place?: string
  /** What was known when it was opened, and what became of it. */
  prefilled?: Counts
}

function query(values: Record<string, string | undefined>): string {
  const given = Object.entries(values).filter((pair): pair is [string, string] => !!pair[1])
  return new URLSearchParams(given).toString()
}

export async function listForms(ledger: string): Promise<FormEntry[]> {
  return (await ask(api.GET('/api/forms', { params: { query: { ledger } } }))).forms
}

export async function fetchXForm(ledger: string, id: string, version?: string): Promise<string> {
  return (await fetchRaw(`/api/forms/${encodeURIComponent(id)}/xform?${query({ ledger, version })}`)).text()
}

export async function fetchMedia(ledger: string, id: string, name: string): Promise<Blob> {
  return (await fetchRaw(`/api/forms/${encodeURIComponent(id)}/media/${encodeURIComponent(name)}?${query({ ledger })}`)).blob()
}

export async function fetchKnown(ledger: string, id: string, subject: string): Promise<KnownValue[]> {
  return (await ask(api.GET('/api/forms/{id}/known', { params: { path: { id }, query: { ledger, subject } } }))).values
}

/** Has a workbook read without keeping it. */
export function checkWorkbook(ledger: string, file: File, told?: (part: number) => void): Promise<Checked> {
  return send<Checked>(`/api/forms/check?${query({ ledger, name: file.name })}`, file, { csrf: csrfToken(), told })
}

export interface Publishing {
  command: string
  subject?: string
  filled_by?: string
  purpose?: string
}

export function publishWorkbook(ledger: string, file: File, how: Publishing): Promise<Wire['CommandAnswer']> {
  return send<Wire['CommandAnswer']>(`/api/forms/publish?${query({ ledger, name: file.name, ...how })}`, file, { csrf: csrfToken() })
}

/** Puts a file with a version of a form that was published; the same command puts it once. */
export function bringMedia(ledger: string, form: { id: string; version: string }, file: File, command: string, told?: (part: number) => void): Promise<Wire['CommandAnswer']> {
  const address = `/api/forms/${encodeURIComponent(form.id)}/media/${encodeURIComponent(file.name)}?${query({ ledger, version: form.version, command })}`
  return send<Wire['CommandAnswer']>(address, file, { csrf: csrfToken(), told, method: 'PUT' })
}

function toldOf(prefilled: Counts | undefined): Record<string, string> {
  return prefilled ? { confirmed: String(prefilled.confirmed), corrected: String(prefilled.corrected) } : {}
}

/** Sends a record with everything that belongs to it; the server takes an instanceID once. */
export function sendRecord(
  record: RecordOnItsWay,
  about: { ledger: string; occurred_at: string; device: string },
  told?: (part: number) => void,
): Promise<Wire['CommandAnswer']> {
  const body = new FormData()
  body.append('xml_submission_file', new Blob([record.xml], { type: 'text/xml' }), 'xml_submission_file.xml')
  for (const { name, blob } of record.files) body.append(name, blob, name)
  const address = `/api/submissions?${query({ ...about, subject: record.subject, case: record.case, place: record.place, ...toldOf(record.prefilled) })}`
  return send<Wire['CommandAnswer']>(address, body, { csrf: csrfToken(), told })
}
