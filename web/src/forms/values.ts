/** Values of any shape as text for people. */
import { useWords } from '@/words'
import { day, figure, instant, type Language } from '@/time/format'

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/
const DAY = /^\d{4}-\d{2}-\d{2}$/

/** The text of a value; `say` gives the app's words for yes and no. */
export function shown(value: unknown, language: Language, say: (yes: boolean) => string): string {
  if (value === null || value === undefined || value === '') return '–'
  if (typeof value === 'boolean') return say(value)
  if (typeof value === 'number') return figure(value, language)
  if (Array.isArray(value)) return value.map((item) => shown(item, language, say)).join(language === 'en' ? ', ' : '、')
  if (typeof value === 'object') {
    const words = value as { zh?: string; en?: string }
    if (words.zh !== undefined && words.en !== undefined) return language === 'en' ? words.en || words.zh : words.zh || words.en
    return Object.values(value).map((item) => shown(item, language, say)).join(' · ')
  }
  const text = String(value)
  if (INSTANT.test(text)) return instant(text, language)
  if (DAY.test(text)) return day(text, language)
  return text
}

export function useValues() {
  const { t, language } = useWords()
  return { show: (value: unknown) => shown(value, language.value, (yes) => t(yes ? 'yes' : 'no')) }
}
