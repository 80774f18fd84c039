/** The app's own words, and the server's words in the person's language. */
import type { Ref } from 'vue'
import { createI18n, useI18n } from 'vue-i18n'
import type { Words } from '@/api/client'
import type { Language } from '@/time/format'
import en from './en'
import zh from './zh'

export const i18n = createI18n({
  legacy: false,
  locale: 'zh-Hans' as Language,
  fallbackLocale: 'en',
  messages: { 'zh-Hans': zh, en },
})

/** The text of some words in a language; the other one where one is missing. */
export function inLanguage(words: Words | null | undefined, language: Language): string {
  if (!words) return ''
  return language === 'en' ? words.en || words.zh : words.zh || words.en
}

/** Everything a page needs to speak. */
export function useWords() {
  const { t, te, locale } = useI18n()
  return {
    t,
    te: (key: string) => te(key),
    language: locale as Ref<Language>,
    /** The server's words in the person's language. */
    w: (words: Words | null | undefined) => inLanguage(words, locale.value as Language),
  }
}
