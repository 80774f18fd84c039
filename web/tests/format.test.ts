/** Times and lengths of time as people say them. */
import { describe, expect, it } from 'vitest'
import { shown } from '@/forms/values'
import { day, deadline, distance, figure, fromLocalField, instant, minutes, toLocalField } from '@/time/format'

const now = new Date('2026-11-23T10:00:00Z')
const later = (minutesAhead: number) => new Date(now.getTime() + minutesAhead * 60_000)

describe('lengths of time', () => {
  it('are said in at most two units', () => {
    expect(minutes(150, 'zh-Hans')).toBe('2小时30分钟')
    expect(minutes(150, 'en')).toBe('2 h 30 min')
    expect(minutes(2880, 'zh-Hans')).toBe('2天')
    expect(minutes(1440, 'en')).toBe('1 day')
    expect(minutes(1530, 'en')).toBe('1 day 1 h')
    expect(minutes(0, 'zh-Hans')).toBe('0分钟')
  })
})

describe('distances', () => {
  it('look ahead and back', () => {
    expect(distance(later(180), 'zh-Hans', now)).toBe('3小时后')
    expect(distance(later(180), 'en', now)).toBe('in 3 h')
    expect(distance(later(-2 * 1440 - 5), 'zh-Hans', now)).toBe('2天前')
    expect(distance(later(-2 * 1440), 'en', now)).toBe('2 days ago')
    expect(distance(later(0), 'en', now)).toBe('just now')
  })

  it('say nothing about what is no time', () => {
    expect(distance('soon', 'en', now)).toBe('')
  })
})

describe('deadlines', () => {
  it('say what is left, or how late it is', () => {
    expect(deadline(later(125), 'zh-Hans', now)).toBe('还有2小时')
    expect(deadline(later(-1440), 'zh-Hans', now)).toBe('逾期1天')
    expect(deadline(later(-45), 'en', now)).toBe('45 min late')
    expect(deadline(later(0.2), 'en', now)).toBe('1 min left')
  })
})

describe('instants and days', () => {
  it('are written as the language writes them', () => {
    expect(instant('2026-11-23T06:05:00Z', 'zh-Hans', now, 'Asia/Shanghai')).toBe('11月23日 14:05')
    expect(instant('2026-11-23T06:05:00Z', 'en', now, 'Asia/Shanghai')).toMatch(/^23 Nov,? 14:05$/)
    expect(instant('2024-01-02T06:05:00Z', 'zh-Hans', now, 'Asia/Shanghai')).toContain('2024')
    expect(day('2026-11-23', 'zh-Hans')).toBe('2026年11月23日')
    expect(day('2026-11-23', 'en')).toBe('23 November 2026')
  })

  it('survive the way through a field', () => {
    const field = toLocalField(new Date(2026, 10, 3, 7, 5))
    expect(field).toBe('2026-11-03T07:05')
    expect(new Date(fromLocalField(field)!).getTime()).toBe(new Date(2026, 10, 3, 7, 5).getTime())
    expect(fromLocalField('')).toBeUndefined()
  })
})

describe('values of any shape', () => {
  const say = (yes: boolean) => (yes ? '是' : '否')
  it('become text', () => {
    expect(shown(true, 'zh-Hans', say)).toBe('是')
    expect(shown(12345.67, 'en', say)).toBe('12,345.7')
    expect(shown(['a', 'b'], 'zh-Hans', say)).toBe('a、b')
    expect(shown({ zh: '水管', en: 'Water pipe' }, 'en', say)).toBe('Water pipe')
    expect(shown('2026-11-23', 'en', say)).toBe('23 November 2026')
    expect(shown(null, 'en', say)).toBe('–')
    expect(figure(1284, 'zh-Hans')).toBe('1,284')
  })
})
