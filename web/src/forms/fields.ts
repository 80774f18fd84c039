/** What a form or an action asks: empty answers, checks, and the answers as the wire wants them. */
import type { Wire } from '@/api/client'
import { fromLocalField } from '@/time/format'

export type FieldSpec = Wire['FieldSpec']
/** What the inputs hold: text for most, an array for several choices, true or false for yes and no. */
export type Draft = Record<string, string | string[] | boolean | undefined>
/** What is wrong with a field, as a key of the app's words with its details. */
export interface Misfit {
  key: string
  detail?: Record<string, unknown>
}

/** Inputs with nothing in them. */
export function emptyDraft(fields: readonly FieldSpec[]): Draft {
  return Object.fromEntries(fields.map((field) => [field.element, field.type === 'choices' ? [] : undefined]))
}

export function isAnswered(value: Draft[string]): boolean {
  if (value === undefined || value === null) return false
  if (typeof value === 'boolean') return true
  return Array.isArray(value) ? value.length > 0 : value.trim() !== ''
}

/** What is wrong with an answer, if anything. */
export function misfit(field: FieldSpec, value: Draft[string]): Misfit | undefined {
  if (!isAnswered(value)) return field.required ? { key: 'fields.missing' } : undefined
  if (field.type === 'text') return misfitOfText(field, String(value))
  if (field.type === 'whole' || field.type === 'number') return misfitOfNumber(field, String(value))
  if (field.type === 'date') return /^\d{4}-\d{2}-\d{2}$/.test(String(value)) ? undefined : { key: 'fields.notADay' }
  if (field.type === 'time') return fromLocalField(String(value)) ? undefined : { key: 'fields.notATime' }
  return undefined
}

function misfitOfText(field: FieldSpec, text: string): Misfit | undefined {
  const length = [...text.trim()].length
  if (field.least != null && length < field.least) return { key: 'fields.tooShort', detail: { least: field.least } }
  if (field.greatest != null && length > field.greatest) return { key: 'fields.tooLong', detail: { greatest: field.greatest } }
  return undefined
}

function misfitOfNumber(field: FieldSpec, text: string): Misfit | undefined {
  const number = numberOf(text)
  if (Number.isNaN(number)) return { key: 'fields.notANumber' }
  if (field.type === 'whole' && !Number.isInteger(number)) return { key: 'fields.notWhole' }
  if (field.least != null && number < field.least) return { key: 'fields.tooLittle', detail: { least: field.least } }
  if (field.greatest != null && number > field.greatest) return { key: 'fields.tooMuch', detail: { greatest: field.greatest } }
  return undefined
}

/** Full-width digits, as Chinese keyboards write them, are numbers too. */
function numberOf(text: string): number {
  const plain = text.trim().normalize('NFKC').replace(',', '.')
  return plain === '' ? Number.NaN : Number(plain)
}

/** Everything that is wrong, by element. */
export function misfits(fields: readonly FieldSpec[], draft: Draft): Record<string, Misfit> {
  const found: Record<string, Misfit> = {}
  for (const field of fields) {
    const wrong = misfit(field, draft[field.element])
    if (wrong) found[field.element] = wrong
  }
  return found
}

/** The answers as the wire wants them; what was not answered is left out. */
export function answersOf(fields: readonly FieldSpec[], draft: Draft): Record<string, unknown> {
  const answers: Record<string, unknown> = {}
  for (const field of fields) {
    const value = draft[field.element]
    if (!isAnswered(value)) continue
    if (field.type === 'whole' || field.type === 'number') answers[field.element] = numberOf(String(value))
    else if (field.type === 'time') answers[field.element] = fromLocalField(String(value))
    else answers[field.element] = typeof value === 'string' ? value.trim() : value
  }
  return answers
}
