/** Questions that the app itself asks, in the shape of those that packs ask. */
import type { FieldSpec } from './fields'

type More = Partial<Pick<FieldSpec, 'hint' | 'required' | 'choices' | 'least' | 'greatest' | 'unit'>>

/** A question in both languages; it must be answered unless `more` says otherwise. */
export function question(element: string, zh: string, en: string, type: FieldSpec['type'], more: More | FieldSpec['hint'] = {}): FieldSpec {
  const rest: More = more && 'zh' in more ? { hint: more } : ((more ?? {}) as More)
  return { element, name: { zh, en }, type, required: true, choices: [], sealed: false, ...rest }
}
