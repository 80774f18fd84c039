/** Wires the app together. */
import { createPinia } from 'pinia'
import PrimeVue from 'primevue/config'
import { createApp } from 'vue'
import App from './App.vue'
import { whenSignedOut } from './api/client'
import { router } from './router'
import { useSession } from './session/store'
import { preset } from './theme/preset'
import { i18n, learn } from './words'
import './theme/tokens.css'
import './theme/base.css'
import './theme/print.css'

const app = createApp(App)
app.use(createPinia())
app.use(i18n)
app.use(PrimeVue, { theme: { preset, options: { darkModeSelector: '.dark' } } })

const session = useSession()
whenSignedOut(() => {
  session.expired()
  const here = router.currentRoute.value
  if (here.name !== 'signin') void router.push({ name: 'signin', query: { then: here.fullPath } })
})

// The page's own file, the words and the session are fetched side by side.
if (location.pathname === '/') void import('./day/DayPage.vue')
const language = document.documentElement.lang === 'en' ? 'en' : 'zh-Hans'
void Promise.all([session.load(), learn(language)]).then(() => {
  i18n.global.locale.value = language
  app.use(router)
  app.mount('#app')
})

if ('serviceWorker' in navigator && import.meta.env.PROD) {
  addEventListener('load', () => void navigator.serviceWorker.register('/worker.js'))
}
