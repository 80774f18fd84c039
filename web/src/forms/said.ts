/** What the build puts into the form component: its words in the reader's language, and a way to what is amiss. */
import { i18n } from '@/words'

/** The English or the Chinese of something, with what belongs in its gaps. */
export function say(english: string, chinese: string, ...parts: unknown[]): string {
  const text = i18n.global.locale.value === 'en' ? english : chinese
  return parts.length ? text.replace(/\{(\d)\}/g, (_all, at: string) => String(parts[Number(at)])) : text
}

/** Takes whoever fills a form to the first question that is not answered well. */
export function goToFirst(): void {
  const question = document.querySelector<HTMLElement>('.odk-form .question-container.highlight')
  question?.scrollIntoView({ block: 'center' })
  question?.querySelector<HTMLElement>('input, textarea, [role=combobox], button')?.focus({ preventScroll: true })
}
