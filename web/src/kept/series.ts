/** Values of the same element kept for the same purpose, told together: the newest, and those before it. */
import type { Wire } from '@/api/client'

type Value = Wire['KeptValue']

export interface Series {
  newest: Value
  before: Value[]
}

/** What a value of the vault says: lists come as JSON. */
export function plain(value: string, separator: string): string {
  if (!value.startsWith('[')) return value
  try {
    return (JSON.parse(value) as unknown[]).map(String).join(separator)
  } catch {
    return value
  }
}

/** What was written on a case is another thing than a value of the dictionary of the same name. */
const isText = (value: Value) => value.item.includes('/')

/** Forms that were filled are told each under its own name. */
const RECORD = 'odk.record'

/** What a value is told under. */
export const seriesKey = (value: Value) => `${value.element}${isText(value) ? '/' : ''}${value.element === RECORD ? ` ${value.name.en}` : ''}`

export function series(values: readonly Value[]): Series[] {
  const byElement = new Map<string, Value[]>()
  for (const value of values) byElement.set(seriesKey(value), [...(byElement.get(seriesKey(value)) ?? []), value])
  return [...byElement.values()].map((found) => {
    const [newest, ...before] = [...found].sort((a, b) => b.since.localeCompare(a.since))
    return { newest: newest!, before }
  })
}
