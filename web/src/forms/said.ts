/** The form component's own words in the reader's language; the build puts `say` where they stood. */
import { i18n } from '@/words'

/** The English or the Chinese of something, with what belongs in its gaps. */
export function say(english: string, chinese: string, ...parts: unknown[]): string {
  const text = i18n.global.locale.value === 'en' ? english : chinese
  return parts.length ? text.replace(/\{(\d)\}/g, (_all, at: string) => String(parts[Number(at)])) : text
}
