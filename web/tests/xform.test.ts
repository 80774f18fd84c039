/** ODK's form component as it goes into the app: in the reader's words, with our kit, asking nobody outside. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fit, fitMap, styleOf, translate, useKit } from '../build/xform'
import { formLiterals, formPieces, mapLiterals, mapPieces } from '../build/xform-words'
import { say } from '@/forms/said'
import { i18n } from '@/words'

const folder = dirname(createRequire(import.meta.url).resolve('@getodk/web-forms'))
const entry = readFileSync(join(folder, 'index.js'), 'utf8')
const chunk = (name: string) => readFileSync(join(folder, name), 'utf8')
const code = chunk(/from "\.\/(index-[\w-]+\.js)"/.exec(entry)![1]!)
const map = chunk(/import\("\.\/(MapBlock-[\w-]+\.js)"\)/.exec(code)![1]!)

describe('the form component', () => {
  it('has every word that is to be translated, as often as is said', () => {
    expect(() => fit(code)).not.toThrow()
    expect(() => fitMap(map)).not.toThrow()
  })

  it('fails the build when a word of it is no longer found', () => {
    const without = code.replace('"Take picture"', '"Take a picture"')
    expect(() => fit(without)).toThrow(/Take picture.*0 times, not 1/)
    expect(() => translate('say nothing', [['Send', '提交']], [])).toThrow(/has changed/)
  })

  it('fails the build when a word is there more often than is known', () => {
    expect(() => translate('"Send" "Send"', [['Send', '提交']], [])).toThrow(/2 times, not 1/)
  })

  it('leaves no word of its own in English', () => {
    const fitted = fit(code)
    for (const [english] of formLiterals) expect(fitted.split(`say(${JSON.stringify(english)}, `).length, english).toBeGreaterThan(1)
    expect(fitted).not.toContain('label: "Send"')
  })

  it('has Chinese for all of them', () => {
    const chinese = [...formLiterals, ...mapLiterals].map(([, zh]) => zh)
    const pieces = [...formPieces, ...mapPieces].map(([, instead]) => instead)
    expect([...chinese, ...pieces].filter((text) => !/\p{Script=Han}/u.test(text))).toEqual([])
  })

  it('uses our kit and no copy of it', () => {
    const fitted = useKit(code)
    for (const part of ['button', 'select', 'datepicker', 'checkbox', 'dialog']) expect(fitted).toContain(`from 'primevue/${part}'`)
    expect(fitted).not.toMatch(/(unref|createVNode|createBlock)\(script\$(H|s|i|4|F)\b/)
    expect(() => useKit('const nothing = 1')).toThrow(/are not found/)
  })

  it('brings its own rules and neither fonts nor a second style sheet of utility classes', () => {
    const css = styleOf(entry)
    expect(css).toContain('.odk-form')
    expect(css).not.toContain('@font-face')
    expect(css).not.toMatch(/(^|[\s}])\.(col|grid|card|field|mb-2)\b[^-]/)
    expect(css.length).toBeLessThan(80_000)
  })

  it('asks nobody outside for a map', () => {
    expect(fitMap(map)).not.toContain('https://tile.')
  })
})

describe('its words', () => {
  it('are those of the language that is read now', () => {
    i18n.global.locale.value = 'en'
    expect(say('{0} questions with errors.', '有 {0} 题需要更正。', 3)).toBe('3 questions with errors.')
    i18n.global.locale.value = 'zh-Hans'
    expect(say('{0} questions with errors.', '有 {0} 题需要更正。', 3)).toBe('有 3 题需要更正。')
  })
})
