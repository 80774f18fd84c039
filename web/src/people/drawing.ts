/** Where each person stands in the drawing of who cares for whom: carers left, dependants right. */
import type { Wire } from '@/api/client'

export interface Node {
  id: string
  column: number
  row: number
  /** Whether the person lives behind another door. */
  outside: boolean
}

export interface Drawing {
  nodes: Node[]
  links: { from: string; to: string; kind: string }[]
  columns: number
  rows: number
}

type Person = Pick<Wire['PersonView'], 'id' | 'cares_for' | 'cared_by'>

export function drawingOf(people: readonly Person[]): Drawing {
  const links = linksOf(people)
  const inside = new Set(people.map((person) => person.id))
  const ids = [...new Set([...links.flatMap((link) => [link.from, link.to])])]
  const columnOf = new Map(ids.map((id) => [id, 0]))
  // Each link moves the dependant to the right of the carer; rings stop after as many rounds as people.
  for (let round = 0; round < ids.length; round++) {
    for (const { from, to } of links) {
      const wanted = Math.min(columnOf.get(from)! + 1, 2)
      if (columnOf.get(to)! < wanted) columnOf.set(to, wanted)
    }
  }
  const filled = [0, 0, 0]
  const nodes = ids.map((id) => {
    const column = columnOf.get(id)!
    return { id, column, row: filled[column]!++, outside: !inside.has(id) }
  })
  return { nodes, links, columns: Math.max(1, ...nodes.map((node) => node.column + 1)), rows: Math.max(1, ...filled) }
}

function linksOf(people: readonly Person[]): Drawing['links'] {
  const found = new Map<string, Drawing['links'][number]>()
  for (const person of people) {
    for (const link of person.cares_for) found.set(`${person.id} ${link.person}`, { from: person.id, to: link.person, kind: link.kind })
    for (const link of person.cared_by) found.set(`${link.person} ${person.id}`, { from: link.person, to: person.id, kind: link.kind })
  }
  return [...found.values()].filter((link) => link.from !== link.to)
}
