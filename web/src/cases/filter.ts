/** The filters of the list of cases, as the address holds them. */
import type { LocationQuery } from 'vue-router'

export interface CaseFilter {
  ledger?: string
  place?: string
  kind?: string
  stage?: string
  mine?: boolean
  late?: boolean
  text?: string
}

/** Stages to choose from; `open` stands for all that are not over. */
export const STAGES = [
  'open', 'reported', 'accepted', 'dispatched', 'returned', 'handling', 'claimed', 'rework', 'deferred', 'closed', 'rejected',
] as const

const TEXTS = ['ledger', 'place', 'kind', 'stage', 'text'] as const
const SWITCHES = ['mine', 'late'] as const

export function filterOf(query: LocationQuery): CaseFilter {
  const filter: CaseFilter = {}
  for (const name of TEXTS) {
    const value = query[name]
    if (typeof value === 'string' && value) filter[name] = value
  }
  for (const name of SWITCHES) if (query[name] === 'yes') filter[name] = true
  return filter
}

export function queryOf(filter: CaseFilter): Record<string, string> {
  const query: Record<string, string> = {}
  for (const name of TEXTS) if (filter[name]) query[name] = filter[name]
  for (const name of SWITCHES) if (filter[name]) query[name] = 'yes'
  return query
}
