/** Both languages say the same things, and nothing is left unsaid. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import en from '@/words/en'
import { half, i18n, inLanguage, learn, localTimes } from '@/words'
import zh from '@/words/zh'

type Tree = { [key: string]: string | Tree }

function flat(tree: Tree, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[path + key, value]] : flat(value, `${path}${key}.`),
  )
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return sources(path)
    return /\.(vue|ts)$/.test(entry.name) && !path.includes('words') ? [readFileSync(path, 'utf8')] : []
  })
}

const inZh = new Map(flat(zh))
const inEn = new Map(flat(en))

beforeAll(() => Promise.all([learn('zh-Hans'), learn('en')]))

describe('the words', () => {
  it('have the same keys in both languages', () => {
    expect([...inEn.keys()].sort()).toEqual([...inZh.keys()].sort())
  })

  it('are nowhere empty', () => {
    const empty = [...inZh, ...inEn].filter(([, text]) => text.trim() === '').map(([key]) => key)
    expect(empty).toEqual([])
  })

  it('name the same details in both languages', () => {
    const details = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]))].sort()
    const unlike = [...inZh].filter(([key, text]) => `${details(text)}` !== `${details(inEn.get(key) ?? '')}`)
    expect(unlike).toEqual([])
  })

  it('are Chinese where they should be', () => {
    const foreign = [...inZh].filter(([key, text]) => !/\p{Script=Han}/u.test(text) && key !== 'modes.fromTo').map(([key]) => key)
    expect(foreign).toEqual([])
  })

  it('are there for every key that a page asks for', () => {
    const asked = sources('src').flatMap((text) => [...text.matchAll(/\bt\(\s*'([\w.]+)'/g)].map((found) => found[1]!))
    const missing = [...new Set(asked)].filter((key) => !inZh.has(key))
    expect(asked.length).toBeGreaterThan(200)
    expect(missing).toEqual([])
  })

  it('count in English', () => {
    i18n.global.locale.value = 'en'
    expect(i18n.global.t('people.count', 1)).toBe('1 person')
    expect(i18n.global.t('people.count', 3)).toBe('3 people')
    i18n.global.locale.value = 'zh-Hans'
    expect(i18n.global.t('people.count', 3)).toBe('3 人')
  })

  it('written down in both languages are shown in one', () => {
    expect(half('区疾控局 / District bureau', 'en')).toBe('District bureau')
    expect(half('区疾控局 / District bureau', 'zh-Hans')).toBe('区疾控局')
    expect(half('甲 / 乙', 'en')).toBe('甲 / 乙')
  })

  it('tell instants as this device does', () => {
    expect(localTimes('至 2026-11-21T00:00:00Z', 'zh-Hans')).not.toContain('T00')
    expect(localTimes('没有时间', 'zh-Hans')).toBe('没有时间')
  })

  it('of the server fall back to the other language rather than to nothing', () => {
    expect(inLanguage({ zh: '修', en: '' }, 'en')).toBe('修')
    expect(inLanguage({ zh: '', en: 'mend' }, 'zh-Hans')).toBe('mend')
    expect(inLanguage(undefined, 'en')).toBe('')
  })
})
