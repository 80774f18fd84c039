/** What is asked before places are added, renamed or taken out of use. */
import { newId } from '@/api/commands'
import type { Wire } from '@/api/client'
import type { Ask } from '@/forms/ask'
import { question } from '@/forms/question'

type Place = Wire['PlaceView']
type Say = (key: string, details?: Record<string, unknown>) => string

/** The levels that may be added below one, the nearest first; what has an office is founded by import. */
const BELOW: Record<string, string[]> = {
  street: ['grid', 'building'],
  community: ['grid', 'building'],
  grid: ['building'],
  building: ['stairwell'],
}
const LEVELS: Record<string, Wire['Words']> = {
  grid: { zh: '网格', en: 'Grid cell' },
  building: { zh: '楼栋', en: 'Building' },
  stairwell: { zh: '单元', en: 'Stairwell' },
}

export function levelsBelow(level: string): string[] {
  return BELOW[level] ?? []
}

/** Names as they were written down: one a line, none twice. */
export function namesOf(text: string): string[] {
  return [...new Set(text.split(/[\n；;]/).map((line) => line.trim()).filter(Boolean))]
}

export function askAdd(place: Place, t: Say): Ask {
  const levels = levelsBelow(place.level)
  return {
    title: t('places.addBelow', { name: place.name }), lead: t('places.addLead'), label: t('places.add'), ledger: place.ledger, done: t('places.added'),
    fields: [
      question('level', '哪一级', 'Which level', 'choice', { choices: levels.map((id) => ({ id, name: LEVELS[id]! })) }),
      question('names', '名称', 'Names', 'text', { hint: { zh: '一行一个，可以一次写多个。', en: 'One a line; several at once are fine.' } }),
    ],
    draft: { level: levels[0] },
    commands: ({ level, names }) => [{ ledger: place.ledger, kind: 'add_places', body: { parent: place.id, places: namesOf(String(names)).map((name) => ({ id: `p-${newId()}`, name, level })) } }],
  }
}

export function askRename(place: Place, t: Say): Ask {
  return {
    title: t('places.renameOf', { name: place.name }), label: t('places.rename'), ledger: place.ledger, done: t('places.renamed'),
    fields: [question('name', '新名称', 'New name', 'text')],
    draft: { name: place.name },
    commands: ({ name }) => [{ ledger: place.ledger, kind: 'rename_place', body: { place: place.id, name } }],
  }
}

export function askRetire(place: Place, t: Say): Ask {
  return {
    title: t('places.retireOf', { name: place.name }), lead: t('places.retireLead'), label: t('places.retire'), harms: true, ledger: place.ledger, done: t('places.retired'),
    fields: [question('reason', '原因', 'Reason', 'text')],
    commands: ({ reason }) => [{ ledger: place.ledger, kind: 'retire_place', body: { place: place.id, reason } }],
  }
}
