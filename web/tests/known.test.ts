/** What is known is shown to be confirmed or corrected, and never asked blank. */
import { describe, expect, it } from 'vitest'
import { counted, inWords, prefill, settle } from '@/forms/known'
import type { KnownValue } from '@/forms/records'

const FORM = `<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms">
<h:head><h:title>走访</h:title><model>
<itext>
<translation lang="中文 (zh)"><text id="heating:label"><value>怎么取暖？</value></text><text id="h-0"><value>集中供暖</value></text></translation>
<translation lang="English (en)" default="true()"><text id="heating:label"><value>How is it **heated**?</value><value form="audio">jr://audio/h.mp3</value></text><text id="h-0"><value>District heating</value></text></translation>
</itext>
<instance><data id="visit" version="1"><home><phone/><heating/><people>1</people></home><sum/><person jr:template=""><who/></person><person><who/></person><orx:meta><orx:instanceID/></orx:meta></data></instance>
<instance id="heating"><root><item><itextId>h-0</itextId><name>district</name></item></root></instance>
<bind nodeset="/data/home/phone" type="string"/><bind nodeset="/data/sum" calculate="1 + 1"/>
</model></h:head>
<h:body>
<input ref="/data/home/phone"><label>电话</label></input>
<select1 ref="/data/home/heating"><label ref="jr:itext('heating:label')"/><itemset nodeset="instance('heating')/root/item"><value ref="name"/><label ref="jr:itext(itextId)"/></itemset></select1>
<select ref="/data/home/people"><label>人</label><item><label>一个</label><value>1</value></item><item><label>两个</label><value>2</value></item></select>
<group ref="/data/person"><repeat nodeset="/data/person"><input ref="/data/person/who"><label>谁</label></input></repeat></group>
</h:body></h:html>`

function known(path: string, value: string): KnownValue {
  return { path, element: path.split('/').at(-1)!, value, known_at: '2026-08-02T00:00:00Z', from: 'register', from_name: { zh: '居民登记', en: 'the register' }, label: { zh: '数据项', en: 'Element' } }
}
/** The primary instance as it stands in the form now. */
function instance(xml: string): string {
  return /<instance><data[\s\S]*?<\/data><\/instance>/.exec(xml.replace(/<instance [^>]*xmlns[^>]*>/g, '<instance>'))?.[0] ?? xml
}

describe('what is known', () => {
  it('stands in the form before it is opened', () => {
    const { xml, known: found } = prefill(FORM, [known('/data/home/phone', '13800138000')])
    expect(instance(xml)).toMatch(/<phone>13800138000<\/phone>/)
    expect(found).toHaveLength(1)
    expect(inWords(xml, found, 'zh-Hans')[0]!.question).toBe('电话')
  })

  it('takes the place of what the form would have suggested', () => {
    const { xml } = prefill(FORM, [known('/data/home/people', '2')])
    expect(instance(xml)).toContain('<people>2</people>')
  })

  it('is told in the words of the question and of the choice, in the language that is read', () => {
    const zh = inWords(FORM, [known('/data/home/heating', 'district')], 'zh-Hans')[0]!
    expect([zh.question, zh.shown]).toEqual(['怎么取暖？', '集中供暖'])
    const en = inWords(FORM, [known('/data/home/heating', 'district')], 'en')[0]!
    expect([en.question, en.shown]).toEqual(['How is it heated?', 'District heating'])
  })

  it('is told with each of several choices', () => {
    expect(inWords(FORM, [known('/data/home/people', '1 2')], 'zh-Hans')[0]!.shown).toBe('一个、两个')
    expect(inWords(FORM, [known('/data/home/people', '1 other')], 'en')[0]!.shown).toBe('一个, other')
  })

  it('cannot break the form, whatever it is', () => {
    const { xml } = prefill(FORM, [known('/data/home/phone', '</phone><x>&"')])
    expect(new DOMParser().parseFromString(xml, 'text/xml').getElementsByTagName('parsererror')).toHaveLength(0)
    expect(xml).not.toContain('<x>')
  })

  it('is left out where it is worked out, repeated, of the record itself, empty, or not asked', () => {
    const values = ['/data/sum', '/data/person/who', '/data/orx:meta/orx:instanceID', '/data/nowhere', '/other/home/phone', '/data/home'].map((path) => known(path, 'x'))
    const { xml, known: found } = prefill(FORM, [...values, known('/data/home/phone', '')])
    expect(found).toEqual([])
    expect(xml).toBe(FORM)
  })

  it('leaves a form alone about which nothing is known', () => {
    expect(prefill(FORM, [])).toEqual({ xml: FORM, known: [] })
    expect(prefill('no form at all', [known('/data/a', '1')]).known).toEqual([])
  })
})

const ABOUT = `<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa">
<h:head><model>
<instance><data id="check"><subject/><other/></data></instance>
<instance id="people" src="jr://file-csv/people.csv"/>
<bind nodeset="/data/subject" type="string" required="true()"/><bind nodeset="/data/other" type="string"/>
</model></h:head>
<h:body>
<select1 ref="/data/subject" appearance="minimal autocomplete"><label>关于谁</label><itemset nodeset="instance('people')/root/item"><value ref="name"/><label ref="label"/></itemset></select1>
<input ref="/data/other"><label>其他</label></input>
</h:body></h:html>`

describe('whom a form is about', () => {
  it('is not asked again, and no list of everybody is needed', () => {
    const xml = settle(ABOUT, 'person:p1')
    expect(xml).toContain('<subject>person:p1</subject>')
    for (const gone of ['select1', 'people', 'required']) expect(xml).not.toContain(gone)
    expect(xml).toContain('<input ref="/data/other">')
  })

  it('leaves the list where another question needs it', () => {
    const two = ABOUT.replace('<input ref="/data/other"><label>其他</label></input>', `<select1 ref="/data/other"><label>其他</label><itemset nodeset="instance('people')/root/item"><value ref="name"/><label ref="label"/></itemset></select1>`)
    expect(settle(two, 'person:p1')).toContain('people.csv')
  })

  it('changes nothing where nobody is chosen or nobody is asked for', () => {
    expect(settle(ABOUT, '')).toBe(ABOUT)
    expect(settle(FORM, 'person:p1')).toBe(FORM)
    expect(settle('no form at all', 'person:p1')).toBe('no form at all')
  })
})

describe('what became of what was known', () => {
  it('is counted: confirmed, corrected, and neither where it was not asked', () => {
    const record = '<data id="visit"><home><phone>1</phone><heating>stove</heating></home></data>'
    const values = [known('/data/home/phone', '1'), known('/data/home/heating', 'district'), known('/data/home/people', '2')]
    expect(counted(record, values)).toEqual({ confirmed: 1, corrected: 1 })
    expect(counted('no record', values)).toEqual({ confirmed: 0, corrected: 0 })
  })
})
