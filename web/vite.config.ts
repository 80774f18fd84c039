/// <reference types="vitest/config" />
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig, type Plugin } from 'vite'
import { xform } from './build/xform.ts'

/** Where the program serves while the app is developed; the demo's port by default. */
const server = process.env.LINLI_URL ?? 'http://127.0.0.1:8700'

/** Writes the service worker with the list of files that the app needs without a network. */
function serviceWorker(): Plugin {
  return {
    name: 'linli-service-worker',
    apply: 'build',
    generateBundle(_options, bundle) {
      const files = Object.keys(bundle).filter((name) => /\.(js|css|wasm)$/.test(name)).sort()
      // What only forms need is large, and asked for by whoever fills them.
      const forForms = new Set(files.filter((name) => /\/(xform|XForm|MapBlock)[\w-]*\.|\.wasm$/.test(name)))
      const of = (names: string[]) => names.map((name) => `/${name}`)
      const list = ['/', '/early.js', '/icon.svg', '/manifest.webmanifest', ...of(files.filter((name) => !forForms.has(name)))]
      const formList = of([...forForms])
      const source = readFileSync(fileURLToPath(new URL('src/offline/worker.js', import.meta.url)), 'utf8')
      const edition = createHash('sha256').update(source + list.join() + formList.join()).digest('hex').slice(0, 12)
      this.emitFile({
        type: 'asset',
        fileName: 'worker.js',
        source: source.replace('__FILES__', JSON.stringify(list)).replace('__FORM_FILES__', JSON.stringify(formList)).replace('__EDITION__', edition),
      })
    },
  }
}

/** Parts of the kit that only ODK's form component uses: they come with it. */
const formKit = 'card|checkbox|chip|datepicker|inputnumber|menu|message|multiselect|panel|password|progressspinner|radiobutton|rating|slider'
const formIcons = 'angledown|angleup|ban|calendar|chevronleft|chevronright|chevronup|eye|eyeslash|minus|plus|star|starfill|timescircle'

export default defineConfig({
  plugins: [xform(), vue(), serviceWorker()],
  resolve: { alias: { '@': fileURLToPath(new URL('src', import.meta.url)) } },
  define: {
    __VUE_OPTIONS_API__: true,
    __VUE_PROD_DEVTOOLS__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
  },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'vue', priority: 4, test: /node_modules[\\/](@vue|vue|vue-router|pinia|vue-i18n|@intlify)[\\/]/ },
            { name: 'kit', priority: 3, test: new RegExp(`node_modules[\\\\/](primevue[\\\\/](?!select|textarea|iconfield|inputicon|(virtualscroller|${formKit})[\\\\/])|@primevue[\\\\/](?!icons[\\\\/](${formIcons})[\\\\/])|@primeuix[\\\\/](?!(styles[\\\\/]dist|themes[\\\\/]dist[\\\\/]aura)[\\\\/](${formKit})[\\\\/])|@lucide)`) },
            { name: 'shell', priority: 2, test: /src[\\/]((shell|time|api|changes|offline|outbox|words[\\/]index|session|theme)[\\/](?!.*Page)|forms[\\/]records?\.ts)/ },
            { name: 'fields', priority: 1, test: /node_modules[\\/]primevue[\\/](select|textarea)|src[\\/](forms[\\/](?!kit|said|XForm|RecordFill|WorkbookDesk|xform)|people|places)[\\/]?(?!.*Page)/ },
            // ODK's form component with what only it needs.
            { name: 'xform', priority: 0, test: new RegExp(`@getodk[\\\\/]web-forms[\\\\/]dist[\\\\/]index|src[\\\\/]forms[\\\\/](kit|said|XForm)|xform\\.css|[\\\\/](primevue|aura|styles[\\\\/]dist)[\\\\/](${formKit})[\\\\/]|icons[\\\\/](${formIcons})[\\\\/]`) },
          ],
        },
      },
    },
  },
  server: { port: 5173, proxy: { '/api': server } },
  preview: { port: 4173, proxy: { '/api': server } },
  test: { environment: 'happy-dom', include: ['tests/**/*.test.ts'] },
})
