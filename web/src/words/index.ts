/** The app's own words, and the server's words in the person's language. */
import type { Ref } from 'vue'
import { createI18n, useI18n } from 'vue-i18n'
import type { Words } from '@/api/client'
import { instant, type Language } from '@/time/format'
import type zh from './zh'

export const i18n = createI18n({
  legacy: false,
  locale: 'zh-Hans' as Language,
  fallbackLocale: false,
  messages: {} as Record<Language, typeof zh>,
})

const files = { 'zh-Hans': () => import('./zh'), en: () => import('./en') }

/** Fetches a language's words once; only those of the language that is read are ever fetched. */
export async function learn(language: Language): Promise<void> {
  if (i18n.global.availableLocales.includes(language)) return
  i18n.global.setLocaleMessage(language, (await files[language]()).default)
}

/** The text of some words in a language; the other one where one is missing. */
export function inLanguage(words: Words | null | undefined, language: Language): string {
  if (!words) return ''
  return language === 'en' ? words.en || words.zh : words.zh || words.en
}

/** The person's half of a text that was written down in both languages, as `中文 / English`. */
export function half(text: string, language: Language): string {
  const parts = text.split(' / ')
  const [zh, en] = parts
  const isPair = parts.length === 2 && /\p{Script=Han}/u.test(zh!) && !/\p{Script=Han}/u.test(en!)
  return isPair ? (language === 'en' ? en! : zh!) : text
}

/** The name under which the deployment's own place is kept. */
const ROOT = 'root'

const INSTANT = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z/g

/** The same text with its instants as this device says them. */
export function localTimes(text: string, language: Language): string {
  return text.replace(INSTANT, (found) => instant(found, language))
}

/** Everything a page needs to speak. */
export function useWords() {
  const { t, te, locale } = useI18n()
  return {
    t,
    te: (key: string) => te(key),
    language: locale as Ref<Language>,
    half: (text: string) => half(text, locale.value as Language),
    /** A name that the server gives, of a place or an actor. */
    named: (name: string) => (name === ROOT ? t('places.root') : half(name, locale.value as Language)),
    /** The server's words in the person's language. */
    w: (words: Words | null | undefined) => localTimes(inLanguage(words, locale.value as Language), locale.value as Language),
  }
}
