/** Texts that people wrote on a case: which of them are there, and why the others are not. */
import type { Wire } from '@/api/client'

type Text = Wire['TextView']

/** The key of the words that say why a text is not there; none when it is. */
export function missingWords(text: Text): string | undefined {
  if (text.text != null) return undefined
  return text.unread === 'destroyed' ? 'cases.textDestroyed' : 'cases.textSealed'
}

/** Whether something on a case can be read once somebody has said what for. */
export function waitsForPurpose(view: Pick<Wire['CaseView'], 'fields' | 'timeline' | 'order'>): boolean {
  if (view.fields.some((field) => field.sealed && field.known && field.value == null)) return true
  const texts = view.timeline.flatMap((line) => line.texts)
  return [...texts, ...(view.order ? [view.order.reason] : [])].some((text) => text.unread === 'sealed')
}
