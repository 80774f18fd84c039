/** What repeats is told once, and what is at nothing does not shout. */
import { describe, expect, it } from 'vitest'
import type { Wire } from '@/api/client'
import { missingCare, whyOf } from '@/cases/action'
import { folded } from '@/cases/folded'
import { missingWords, waitsForPurpose } from '@/cases/written'
import { boardOf } from '@/indicators/board'
import { daysUpTo, heights } from '@/indicators/trend'
import { plain, series, seriesKey } from '@/kept/series'

const words = (zh: string) => ({ zh, en: `en ${zh}` })
const entry = (seq: number, zh: string, details = {}): Wire['TimelineEntry'] => ({ seq, fact: 'f', at: '2026-11-20T08:00:00Z', occurred_at: `2026-11-2${seq % 10}T08:00:00Z`, actor_name: '王', words: words(zh), details }) as Wire['TimelineEntry']
const figure = (id: string, value: number, day?: string) => ({ id, value, name: words(id), definition: words(id), pack: 'p', day }) as Wire['Figure']
const value = (element: string, since: string, text: string) => ({ element, since, value: text, item: since, name: words(element), purpose: 'p', purpose_name: words('p') }) as Wire['KeptValue']
const need = (name: string, owner?: string) => ({ need: name, name: words(name), owner }) as Wire['CareNeed']

describe('a time line', () => {
  it('tells three of the same once, with how many', () => {
    const lines = folded([entry(1, '上报'), entry(2, '读数'), entry(3, '读数'), entry(4, '读数'), entry(5, '结案')])
    expect(lines.map((line) => [line.entry.seq, line.again.length])).toEqual([[1, 0], [2, 2], [5, 0]])
  })

  it('tells two of the same twice, and those with other details apart', () => {
    expect(folded([entry(1, '读数'), entry(2, '读数')])).toHaveLength(2)
    expect(folded([entry(1, '请人', { need: 'a' }), entry(2, '请人', { need: 'b' }), entry(3, '请人', { need: 'c' })])).toHaveLength(3)
  })
})

describe('a refusal for want of care', () => {
  const why = { code: 'care_missing', words: words('dependant:p1, food') }
  it('names the needs as the page names them', () => {
    expect(whyOf(why, [need('照看孩子'), need('三餐', 'zhao')])?.zh).toContain('照看孩子')
    expect(whyOf(why, [need('照看孩子')])?.zh).not.toContain('dependant')
  })
  it('keeps its own words where nothing is missing, as other refusals do', () => {
    expect(missingCare([need('三餐', 'zhao')])).toBeUndefined()
    expect(whyOf({ code: 'not_allowed', words: words('不行') }, [need('三餐')])?.zh).toBe('不行')
  })
})

describe('a board of figures', () => {
  it('draws those that say something and names the rest', () => {
    const figures = [figure('zero', 0), figure('daily', 0, '2026-11-24'), figure('open', 3)]
    const board = boardOf(figures, new Map([['daily', [0, 2, 0]]]))
    expect(board.telling.map((one) => one.id)).toEqual(['open', 'daily'])
    expect(board.nothing.map((one) => one.id)).toEqual(['zero'])
  })

  it('takes of a few half that stand and half that come by the day', () => {
    const figures = [...'abcd'].map((id) => figure(id, 1)).concat([...'wxyz'].map((id) => figure(id, 1, '2026-11-24')))
    expect(boardOf(figures, new Map(), 4).telling.map((one) => one.id)).toEqual(['a', 'b', 'w', 'x'])
    expect(boardOf(figures.slice(0, 4), new Map(), 4).telling.map((one) => one.id)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('draws days in their order, by the greatest of them', () => {
    expect(daysUpTo('2026-03-01', 3)).toEqual(['2026-02-27', '2026-02-28', '2026-03-01'])
    expect(heights([0, 2, 4])).toEqual([0, 0.5, 1])
    expect(heights([0, 0])).toEqual([0, 0])
  })
})

describe('what is kept', () => {
  it('tells values of one element together, the newest first', () => {
    const [first, second] = series([value('t', '2026-11-10', '38.2'), value('n', '2026-11-08', '李'), value('t', '2026-11-20', '36.6')])
    expect([first!.newest.value, first!.before.map((old) => old.value)]).toEqual(['36.6', ['38.2']])
    expect(second!.before).toEqual([])
  })
  it('reads lists as lists and everything else as it stands', () => {
    expect(plain('["a","b"]', ', ')).toBe('a, b')
    expect(plain('[不是列表', ', ')).toBe('[不是列表')
    expect(plain('36.6', ', ')).toBe('36.6')
  })
})

describe('what people wrote on a case', () => {
  const text = (more: Partial<Wire['TextView']>): Wire['TextView'] => ({ element: 'reason', name: words('原因'), ...more })
  const page = (texts: Wire['TextView'][], reason?: Wire['TextView'], fields: Wire['FieldValue'][] = []) =>
    ({ fields, timeline: [{ ...entry(1, '限制'), texts }], order: reason && ({ reason } as Wire['OrderView']) })

  it('is there in its words, or the page says why it is not', () => {
    expect(missingWords(text({ text: '家里有老人' }))).toBeUndefined()
    expect(missingWords(text({ unread: 'sealed' }))).toBe('cases.textSealed')
    expect(missingWords(text({ unread: 'destroyed' }))).toBe('cases.textDestroyed')
  })

  it('asks for a purpose only where one would open it', () => {
    expect(waitsForPurpose(page([text({ text: '家里有老人' })], text({ text: '家里有老人' })))).toBe(false)
    expect(waitsForPurpose(page([text({ unread: 'destroyed' })]))).toBe(false)
    expect(waitsForPurpose(page([], text({ unread: 'sealed' })))).toBe(true)
    expect(waitsForPurpose(page([text({ unread: 'sealed' })]))).toBe(true)
    const field = (more: object) => ({ element: 'temperature_c', name: words('体温'), sealed: true, known: true, ...more }) as Wire['FieldValue']
    expect(waitsForPurpose(page([], undefined, [field({ value: null })]))).toBe(true)
    expect(waitsForPurpose(page([], undefined, [field({ value: '38.2' }), field({ value: null, known: false })]))).toBe(false)
  })

  it('is told apart in a time line, and apart from values of the same name among what is kept', () => {
    const noted = (seq: number, said: string) => ({ ...entry(seq, '备注'), texts: [text({ element: 'note', text: said })] })
    expect(folded([noted(1, '一'), noted(2, '二'), noted(3, '三')])).toHaveLength(3)
    const kept = [value('condition', '2026-11-20', '体温三十八度'), { ...value('condition', '2026-11-21', '带着药'), item: 'c-1/k-1' }]
    expect(series(kept).map((found) => found.before.length)).toEqual([0, 0])
    expect(new Set(kept.map(seriesKey)).size).toBe(2)
  })
})
