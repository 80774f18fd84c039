/** Which of two values holds, where two people changed the same at once. */
import type { Wire } from '@/api/client'

export type Side = 'here' | 'there'

/** What is to hold instead of what stands there; nothing while a choice is missing. */
export function resolution(values: readonly Wire['ConflictingValue'][], chosen: Readonly<Record<string, Side>>): Record<string, string> | undefined {
  const holds: Record<string, string> = {}
  for (const value of values) {
    const side = chosen[value.property]
    if (!side) return undefined
    if (side === 'there') holds[value.property] = value.there ?? ''
  }
  return holds
}
