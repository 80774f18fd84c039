/** Language and theme, remembered on this device. */
import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import { i18n, learn } from '@/words'
import type { Language } from '@/time/format'

export type Theme = 'system' | 'light' | 'dark'

export const useSettings = defineStore('settings', () => {
  const language = ref<Language>(document.documentElement.lang === 'en' ? 'en' : 'zh-Hans')
  const theme = ref<Theme>((localStorage.getItem('linli-theme') as Theme | null) ?? 'system')
  const system = typeof matchMedia === 'function' ? matchMedia('(prefers-color-scheme: dark)') : undefined

  function paint(): void {
    const dark = theme.value === 'dark' || (theme.value === 'system' && !!system?.matches)
    document.documentElement.classList.toggle('dark', dark)
  }

  watch(
    language,
    async (now) => {
      await learn(now)
      // Whoever has chosen again in the meantime gets their last choice.
      if (now !== language.value) return
      i18n.global.locale.value = now
      document.documentElement.lang = now
    },
    { immediate: true },
  )
  watch(theme, paint, { immediate: true })
  system?.addEventListener('change', paint)

  function speak(chosen: Language): void {
    language.value = chosen
    localStorage.setItem('linli-language', chosen)
  }

  function wear(chosen: Theme): void {
    theme.value = chosen
    localStorage.setItem('linli-theme', chosen)
  }

  return { language, theme, speak, wear }
})
