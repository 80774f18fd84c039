/** Lines of a time line that say the same one after the other, told once. */
import type { Wire } from '@/api/client'

type Entry = Wire['TimelineEntry']

export interface Line {
  entry: Entry
  /** The others of the same words that follow it. */
  again: Entry[]
}

/** How many of the same must follow one another before they are told once. */
const MANY = 3

/** What a line says apart from when. */
const saying = (entry: Entry) => [entry.fact, entry.words.zh, entry.actor_name, JSON.stringify(entry.details), JSON.stringify(entry.texts)].join('\n')

export function folded(entries: readonly Entry[]): Line[] {
  const lines: Line[] = []
  for (let from = 0; from < entries.length;) {
    const first = entries[from]!
    let to = from + 1
    while (to < entries.length && saying(entries[to]!) === saying(first)) to++
    const run = entries.slice(from, to)
    if (run.length >= MANY) lines.push({ entry: first, again: run.slice(1) })
    else lines.push(...run.map((entry) => ({ entry, again: [] })))
    from = to
  }
  return lines
}
