/** Shortcuts are heard one key after the other, and never while somebody writes. */
import { describe, expect, it } from 'vitest'
import en from '@/words/en'
import { isWriting, Keys, SHORTCUTS } from '@/shell/keys'

describe('shortcuts', () => {
  it('open a page by two keys one after the other', () => {
    const keys = new Keys()
    expect(keys.press('g', 0)).toBeUndefined()
    expect(keys.press('c', 400)?.page).toBe('cases')
  })

  it('forget the first key after a while', () => {
    const keys = new Keys()
    keys.press('g', 0)
    expect(keys.press('c', 5_000)).toBeUndefined()
  })

  it('hear a single key at once, also after a wrong beginning', () => {
    const keys = new Keys()
    expect(keys.press('?', 0)?.word).toBe('keys.list')
    keys.press('g', 100)
    expect(keys.press('?', 200)?.word).toBe('keys.list')
  })

  it('rest while somebody writes or a dialog is open', () => {
    document.body.innerHTML = '<input id="a"><div role="dialog"><button id="b"></button></div><button id="c"></button>'
    const at = (id: string) => document.getElementById(id)
    expect([isWriting(at('a')), isWriting(at('b')), isWriting(at('c')), isWriting(null)]).toEqual([true, true, false, false])
  })

  it('have words and keys of their own', () => {
    const words = en as unknown as Record<string, Record<string, string>>
    for (const { word } of SHORTCUTS) {
      const [room, name] = word.split('.')
      expect(words[room!]?.[name!], word).toBeTruthy()
    }
    expect(new Set(SHORTCUTS.map((one) => one.keys)).size).toBe(SHORTCUTS.length)
  })
})
