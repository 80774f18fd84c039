/** Questions, answers and the commands that they make. */
import { describe, expect, it } from 'vitest'
import { asksOf, commandOf, sorted, type CaseAction } from '@/cases/action'
import { filterOf, queryOf } from '@/cases/filter'
import { backoff } from '@/changes/stream'
import { answersOf, emptyDraft, misfits, type FieldSpec } from '@/forms/fields'
import { drawingOf } from '@/people/drawing'

function field(element: string, type: FieldSpec['type'], more: Partial<FieldSpec> = {}): FieldSpec {
  return { element, name: { zh: element, en: element }, type, required: false, choices: [], sealed: false, ...more }
}
function action(id: string, more: Partial<CaseAction> = {}): CaseAction {
  return { id, command: 'act_on_case', name: { zh: id, en: id }, allowed: true, asks: [], needs_reason: false, ...more }
}

describe('answers', () => {
  const fields = [
    field('note', 'text', { required: true, least: 2, greatest: 5 }),
    field('temperature_c', 'number', { least: 30, greatest: 45 }),
    field('rooms', 'whole'),
    field('agreed', 'yes_no', { required: true }),
    field('seen', 'choices'),
    field('at', 'time'),
  ]

  it('are typed as the wire wants them, and what is missing is left out', () => {
    const draft = { ...emptyDraft(fields), note: ' 好的 ', temperature_c: '37.5', rooms: '２', agreed: false, seen: ['gas'], at: '2026-11-23T08:00' }
    const answers = answersOf(fields, draft)
    expect(answers).toMatchObject({ note: '好的', temperature_c: 37.5, rooms: 2, agreed: false, seen: ['gas'] })
    expect(answers.at).toBe(new Date('2026-11-23T08:00').toISOString())
    expect(answersOf(fields, emptyDraft(fields))).toEqual({})
  })

  it('that do not fit are named', () => {
    const wrong = misfits(fields, { note: '', temperature_c: '90', rooms: '1.5', agreed: undefined })
    expect(Object.fromEntries(Object.entries(wrong).map(([element, found]) => [element, found.key]))).toEqual({
      note: 'fields.missing', temperature_c: 'fields.tooMuch', rooms: 'fields.notWhole', agreed: 'fields.missing',
    })
    expect(misfits(fields, { note: '好', agreed: true }).note?.key).toBe('fields.tooShort')
    expect(misfits(fields, { note: '一二三四五六', agreed: true }).note?.key).toBe('fields.tooLong')
    expect(misfits(fields, { note: '好的', agreed: false })).toEqual({})
  })

  it('no is an answer', () => {
    expect(misfits([field('agreed', 'yes_no', { required: true })], { agreed: false })).toEqual({})
  })
})

describe('actions of a case', () => {
  const where = { ledger: 'l', case: 'c-1' }

  it('of a pack keep their answers apart', () => {
    const claim = action('claim', { asks: [field('what_was_done', 'text', { required: true })] })
    expect(commandOf(claim, where, { what_was_done: '换了阀门' })).toEqual({
      ledger: 'l', kind: 'act_on_case', body: { case: 'c-1', action: 'claim', fields: { what_was_done: '换了阀门' } },
    })
  })

  it('of the common life cycle have their answers beside the case', () => {
    const verify = action('verify_case', { command: 'verify_case', asks: [field('agreed', 'yes_no'), field('finding', 'text')] })
    expect(commandOf(verify, where, { agreed: true, finding: '不漏了' })).toEqual({ ledger: 'l', kind: 'verify_case', body: { case: 'c-1', agreed: true, finding: '不漏了' } })
  })

  it('that give an order ask for the reason and send it', () => {
    const isolate = action('isolate', { needs_reason: true })
    expect(asksOf(isolate).map((ask) => ask.element)).toEqual(['reason'])
    expect(commandOf(isolate, where, { reason: ' 阳性 ' }).body).toEqual({ case: 'c-1', action: 'isolate', fields: {}, reason: '阳性' })
  })

  it('show what may be done first, and what is refused apart', () => {
    const all = [action('note_case', { command: 'note_case' }), action('accept'), action('isolate', { allowed: false })]
    const { main, more, refused } = sorted(all)
    expect([main, more, refused].map((list) => list.map((one) => one.id))).toEqual([['accept'], ['note_case'], ['isolate']])
  })
})

describe('filters', () => {
  it('go into the address and come back', () => {
    const filter = { kind: 'a.b', stage: 'open', mine: true, text: '漏水' }
    expect(filterOf(queryOf(filter))).toEqual(filter)
    expect(filterOf({ late: 'no', text: '' })).toEqual({})
  })
})

describe('the drawing of who cares for whom', () => {
  it('puts carers left of dependants, and neighbours in it', () => {
    const people = [
      { id: 'father', cares_for: [{ person: 'child', kind: 'daily' }], cared_by: [] },
      { id: 'child', cares_for: [], cared_by: [{ person: 'father', kind: 'daily' }, { person: 'neighbour', kind: 'asked' }] },
    ]
    const drawing = drawingOf(people)
    expect(drawing.links).toHaveLength(2)
    expect(drawing.nodes.find((node) => node.id === 'child')?.column).toBe(1)
    expect(drawing.nodes.find((node) => node.id === 'neighbour')).toMatchObject({ column: 0, outside: true })
  })

  it('ends also when two care for each other', () => {
    const people = [
      { id: 'a', cares_for: [{ person: 'b', kind: 'daily' }], cared_by: [{ person: 'b', kind: 'daily' }] },
      { id: 'b', cares_for: [], cared_by: [] },
    ]
    expect(drawingOf(people).nodes).toHaveLength(2)
  })
})

describe('connecting again', () => {
  it('waits longer each time, but never more than half a minute', () => {
    expect(backoff(0, 1)).toBe(1000)
    expect(backoff(3, 1)).toBe(8000)
    expect(backoff(20, 1)).toBe(30_000)
    expect(backoff(2, 0)).toBe(2000)
  })
})
