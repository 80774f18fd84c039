/** Forms are on the device before anybody goes down into a cellar. */
import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, it } from 'vitest'
import { NetworkLost, problemOf, Refused } from '@/api/problems'
import { resolution } from '@/forms/conflict'
import { isHere, keepAll, mediaOf, xformOf, type Source } from '@/forms/keep'
import type { FormEntry } from '@/forms/records'
import { bySheet, costs, isReadable } from '@/forms/sheets'
import { drafts, forget, formShelf } from '@/outbox/shelf'

function form(id: string, hash: string, media: [string, string][] = []): FormEntry {
  return { id, version: '1', hash, name: { zh: id, en: id }, about: { zh: '', en: '' }, subject: 'place', may_fill: true, may_be_known: false, source: 'published', media: media.map(([name, at]) => ({ name, hash: at, url: '' })) }
}

let asked: string[]
let online: boolean
let refused: Set<string>
const source: Source = {
  xform: async (_ledger, id) => answer(id, `<form id="${id}"/>`),
  media: async (_ledger, id, name) => answer(`${id}/${name}`, new Blob([name])),
}
async function answer<T>(what: string, value: T): Promise<T> {
  asked.push(what)
  if (!online) throw new NetworkLost()
  if (refused.has(what)) throw new Refused(problemOf(null, 500))
  return value
}

beforeEach(async () => {
  await forget()
  asked = []
  online = true
  refused = new Set()
})

describe('forms on this device', () => {
  it('are fetched with their lists and pictures, and progress is told', async () => {
    const told: [number, number][] = []
    const whole = await keepAll('l', [form('a', '1', [['streets.csv', 's']]), form('b', '2')], (done, of) => told.push([done, of]), source)
    expect(whole).toBe(true)
    expect(asked).toEqual(['a', 'a/streets.csv', 'b'])
    expect(told[0]).toEqual([0, 2])
    expect(told.at(-1)).toEqual([2, 2])
  })

  it('open without a network', async () => {
    const a = form('a', '1', [['streets.csv', 's']])
    await keepAll('l', [a], () => {}, source)
    online = false
    expect(await isHere(a)).toBe(true)
    expect(await xformOf('l', a, source)).toContain('id="a"')
    expect(await mediaOf('l', a, 'streets.csv', source)).toBeTruthy()
  })

  it('are not fetched again while they are the same', async () => {
    const a = form('a', '1', [['streets.csv', 's']])
    await keepAll('l', [a], () => {}, source)
    await keepAll('l', [a], () => {}, source)
    expect(asked).toHaveLength(2)
    await keepAll('l', [form('a', '1', [['streets.csv', 't']])], () => {}, source)
    expect(asked).toEqual(['a', 'a/streets.csv', 'a/streets.csv'])
  })

  it('are fetched one by one: one that is refused holds up none', async () => {
    refused.add('a')
    const whole = await keepAll('l', [form('a', '1'), form('b', '2')], () => {}, source)
    expect(whole).toBe(false)
    expect(await isHere(form('b', '2'))).toBe(true)
  })

  it('stay when the network is lost half-way', async () => {
    await keepAll('l', [form('a', '1')], () => {}, source)
    online = false
    expect(await keepAll('l', [form('a', '1'), form('b', '2')], () => {}, source)).toBe(false)
    expect(await isHere(form('a', '1'))).toBe(true)
  })

  it('go when no place has them any more, unless a draft was begun with them', async () => {
    await keepAll('l', [form('a', '1'), form('b', '2')], () => {}, source)
    await keepAll('other', [form('c', '3')], () => {}, source)
    await drafts.write('k', { form: form('b', '2'), record: { xml: '', files: [] } })
    await keepAll('l', [form('a', '9')], () => {}, source)
    const xforms = (await formShelf.keys()).filter((key) => key.startsWith('xform')).sort()
    expect(xforms).toEqual(['xform 2', 'xform 3', 'xform 9'])
  })

  it('have no list of a name that they do not know', async () => {
    expect(await mediaOf('l', form('a', '1'), 'nothing.csv', source)).toBeUndefined()
    expect(asked).toEqual([])
  })
})

describe('what is wrong with a workbook', () => {
  const problem = (sheet: string, row: number | null, severity: 'error' | 'warning' = 'error') => ({ code: 'c', sheet, row, column: null, severity, zh: '', en: '' })

  it('is told sheet by sheet, from the top', () => {
    const sheets = bySheet([problem('survey', 9), problem('choices', 3, 'warning'), problem('survey', 2), problem('', null)])
    expect(sheets.map((sheet) => sheet.name)).toEqual(['', 'survey', 'choices'])
    expect(sheets[1]!.problems.map((one) => one.row)).toEqual([2, 9])
    expect(sheets.map((sheet) => sheet.errors)).toEqual([1, 2, 0])
  })

  it('costs answers when less is asked than before', () => {
    expect(['removed', 'narrowed', 'retyped', 'choice_removed'].every(costs)).toBe(true)
    expect(['kept', 'added', 'renamed', 'reworded', 'moved', 'widened'].some(costs)).toBe(false)
  })

  it('is asked only of files that may be workbooks', () => {
    expect(['a.xlsx', 'a.XLS', 'a.xlsm', 'a.csv', 'a.md'].every(isReadable)).toBe(true)
    expect(['a.docx', 'a.pdf', 'xlsx', 'a.xlsx.exe'].some(isReadable)).toBe(false)
  })
})

describe('what two people changed at once', () => {
  const values = [{ property: 'phone', label: { zh: 'phone', en: 'phone' }, here: '1', there: '2' }, { property: 'note', label: { zh: 'note', en: 'note' }, here: 'a', there: null }]

  it('is decided for each value, and only what changes is said', () => {
    expect(resolution(values, { phone: 'there', note: 'here' })).toEqual({ phone: '2' })
    expect(resolution(values, { phone: 'here', note: 'there' })).toEqual({ note: '' })
    expect(resolution(values, { phone: 'here', note: 'here' })).toEqual({})
  })

  it('is not decided while a choice is missing', () => {
    expect(resolution(values, { phone: 'there' })).toBeUndefined()
  })
})
