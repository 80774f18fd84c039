/**
 * Enter once: what is known already is put into a form before it is opened, so that it is shown to
 * be confirmed or corrected and never asked blank.
 */
import type { Language } from '@/time/format'
import { inLanguage } from '@/words'
import { languageFor } from './record'
import type { KnownValue } from './records'

/** A known value that stands in the form now, with the question's own words. */
export interface Prefilled extends KnownValue {
  question: string
  /** The value as people read it: a choice by its label. */
  shown: string
}

export interface PrefilledForm {
  xml: string
  /** Those of the known values that the form asks for. */
  known: KnownValue[]
}

/** How many of the known answers were left as they were, and how many were put right. */
export interface Counts {
  confirmed: number
  corrected: number
}

const JAVAROSA = 'http://openrosa.org/javarosa'

/** The form with the known values as answers that are there from the start. */
export function prefill(xml: string, values: readonly KnownValue[]): PrefilledForm {
  if (!values.length) return { xml, known: [] }
  const document = new DOMParser().parseFromString(xml, 'text/xml')
  const root = primaryRoot(document)
  if (!root) return { xml, known: [] }
  const known: KnownValue[] = []
  for (const value of values) {
    if (value.value === '') continue
    const node = nodeAt(root, value.path)
    if (!node || !mayBeAnswered(document, node, value.path)) continue
    node.textContent = value.value
    known.push(value)
  }
  return known.length ? { xml: new XMLSerializer().serializeToString(document), known } : { xml, known }
}

/** The question by which a form asks about whom it is filled. */
const WHOM = 'subject'

/**
 * The form about somebody who is chosen already: it does not ask whom, and needs no list of
 * everybody. What it says of them goes into the record.
 */
export function settle(xml: string, whom: string): string {
  if (!whom) return xml
  const document = new DOMParser().parseFromString(xml, 'text/xml')
  const root = primaryRoot(document)
  const path = `/${root?.localName}/${WHOM}`
  const node = root && nodeAt(root, path)
  const control = controlOf(document, path)
  if (!node || !control) return xml
  node.textContent = whom
  control.remove()
  for (const bind of all(document, 'bind').filter((one) => one.getAttribute('nodeset') === path)) {
    for (const rule of ['required', 'constraint', 'relevant', 'readonly']) bind.removeAttribute(rule)
  }
  const list = instanceOf(control)
  const asked = list && [...document.getElementsByTagName('*')].some((one) => [...one.attributes].some(({ value }) => value.includes(`instance('${list}')`)))
  if (list && !asked) all(document, 'instance').find((one) => one.getAttribute('id') === list)?.remove()
  return new XMLSerializer().serializeToString(document)
}

/** What became of the known values in a record; what was not asked in the end counts as neither. */
export function counted(record: string, known: readonly KnownValue[]): Counts {
  const counts: Counts = { confirmed: 0, corrected: 0 }
  const root = new DOMParser().parseFromString(record, 'text/xml').documentElement
  for (const { path, value } of known) {
    const node = nodeAt(root, path)
    if (node) counts[node.textContent === value ? 'confirmed' : 'corrected']++
  }
  return counts
}

/** The list out of which a question offers its choices. */
function instanceOf(control: Element): string | undefined {
  return /instance\('([^']*)'\)/.exec(all(control, 'itemset')[0]?.getAttribute('nodeset') ?? '')?.[1]
}

/** Known values in the form's own words, for whoever is to confirm them. */
export function inWords(xml: string, known: readonly KnownValue[], language: Language): Prefilled[] {
  if (!known.length) return []
  const document = new DOMParser().parseFromString(xml, 'text/xml')
  return known.map((value) => {
    const control = controlOf(document, value.path)
    const question = wordsOf(document, control, language) ?? inLanguage(value.label, language)
    return { ...value, question, shown: shownOf(document, control, value.value, language) }
  })
}

/** Elements by their local name, wherever their namespace puts them. */
function all(within: Document | Element, name: string): Element[] {
  return [...within.getElementsByTagName('*')].filter((one) => one.localName === name)
}

function primaryRoot(document: Document): Element | undefined {
  const model = all(document, 'model')[0]
  const instance = model && [...model.children].find((one) => one.localName === 'instance')
  return instance?.children[0]
}

/** The leaf at an absolute path, unless it lies in a repeat: there is no telling in which one. */
function nodeAt(root: Element, path: string): Element | undefined {
  const [first, ...rest] = path.split('/').filter(Boolean)
  if (first !== root.localName) return undefined
  let at: Element = root
  for (const name of rest) {
    const local = name.split(':').at(-1)!
    const next: Element | undefined = [...at.children].find((one) => one.localName === local)
    if (!next || next.hasAttribute('jr:template') || next.hasAttributeNS(JAVAROSA, 'template')) return undefined
    at = next
  }
  return at.children.length ? undefined : at
}

/** Whether a person may answer it: nothing that is worked out, and nothing of the record itself. */
function mayBeAnswered(document: Document, node: Element, path: string): boolean {
  if (node.parentElement?.localName === 'meta' || inRepeat(document, path)) return false
  const bind = all(document, 'bind').find((one) => one.getAttribute('nodeset') === path)
  return !bind?.hasAttribute('calculate') && !bind?.hasAttributeNS(JAVAROSA, 'preload')
}

function inRepeat(document: Document, path: string): boolean {
  return all(document, 'repeat').some((one) => path.startsWith(`${one.getAttribute('nodeset') ?? '\0'}/`))
}

const CONTROLS = ['input', 'select', 'select1', 'range', 'rank', 'trigger', 'upload']

function controlOf(document: Document, path: string): Element | undefined {
  return [...document.getElementsByTagName('*')].find((one) => CONTROLS.includes(one.localName) && one.getAttribute('ref') === path)
}

function wordsOf(document: Document, of: Element | undefined, language: Language): string | undefined {
  const label = of && [...of.children].find((one) => one.localName === 'label')
  if (!label) return undefined
  const id = /jr:itext\('([^']*)'\)/.exec(label.getAttribute('ref') ?? '')?.[1]
  return plain(id === undefined ? (label.textContent ?? '') : translated(document, id, language)) || undefined
}

/** Labels may hold a little Markdown; a summary does not. */
function plain(text: string): string {
  return text.replace(/[*_#]{1,3}(?=\S)|(?<=\S)[*_]{1,3}/g, '').replace(/\s+/g, ' ').trim()
}

function translated(document: Document, id: string, language: Language): string {
  const translations = all(document, 'translation').map((one) => ({ language: one.getAttribute('lang') ?? '', one }))
  const chosen = languageFor(translations, language) ?? translations.find(({ one }) => one.hasAttribute('default')) ?? translations[0]
  const text = chosen && [...chosen.one.children].find((one) => one.getAttribute('id') === id)
  const value = text && [...text.children].find((one) => one.localName === 'value' && !one.hasAttribute('form'))
  return value?.textContent ?? ''
}

function shownOf(document: Document, control: Element | undefined, value: string, language: Language): string {
  if (!control || !/^select/.test(control.localName)) return value
  const chosen = control.localName === 'select' ? value.split(/\s+/) : [value]
  return chosen.map((one) => choice(document, control, one, language) ?? one).join(language === 'en' ? ', ' : '、')
}

function choice(document: Document, control: Element, value: string, language: Language): string | undefined {
  const item = all(control, 'item').find((one) => textOf(one, 'value') === value)
  if (item) return wordsOf(document, item, language)
  const itemset = all(control, 'itemset')[0]
  const list = instanceOf(control)
  const instance = list && all(document, 'instance').find((one) => one.getAttribute('id') === list)
  const named = all(itemset ?? document, 'value')[0]?.getAttribute('ref') ?? 'name'
  const row = instance && [...(instance.children[0]?.children ?? [])].find((one) => textOf(one, named) === value)
  if (!row) return undefined
  const itext = textOf(row, 'itextId')
  return plain(itext ? translated(document, itext, language) : (textOf(row, 'label') ?? '')) || undefined
}

function textOf(within: Element, name: string): string | undefined {
  return [...within.children].find((one) => one.localName === name)?.textContent?.trim()
}

