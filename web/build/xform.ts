/**
 * Fits ODK's form component into this app while it is built: our one component kit in place of the
 * copy that it carries, its words in the reader's language, its styles without fonts and without
 * the utility classes of a second style sheet, its WebAssembly as files of our own, and a door to
 * the state of the form, for drafts. Whatever is not found any more fails the build.
 */
import { readFileSync } from 'node:fs'
import type { Plugin } from 'vite'
import { formLiterals, formPieces, mapLiterals, mapPieces, type Literal, type Piece } from './xform-words.ts'

const STYLE = 'virtual:xform.css'
/** Where `say` is found by the component's code. */
const SAID = '/src/forms/said.ts'

/** Changes of behaviour: each says why. */
const mends: Piece[] = [
  // Nothing is evaluated here; a direct eval would only keep the bundler from leaving out what is unused.
  ['                    eval(func);', '                    throw new Error("Nothing is evaluated in this app");'],
  ['moduleExports[name] = eval(func);', 'throw new Error("Nothing is evaluated in this app");'],
  // Drafts need the state of the form, and the language in which it is shown.
  ['const gA = initializeFormState(),', 'const gA = initializeFormState(); exposeState({ state: gA }); const'],
  ['setup(eA, { emit: tA }) {\n    const AA = "v0.22.0"', 'setup(eA, { emit: tA, expose: exposeState }) {\n    const AA = "v0.22.0"'],
  // A draft goes on where it was, with the id that it had; an edit would be another record.
  ['oA = await AA.editInstance(rA, nA);', 'oA = await (tA.editInstance.draft ? AA.restoreInstance(tA.editInstance.draft, nA) : AA.editInstance(rA, nA));'],
  // Questions with a calendar or a list have an input that their label belongs to.
  ['createBlock(unref(script$i), {\n      modelValue: AA.value,', 'createBlock(unref(script$i), {\n      inputId: eA.question.nodeId,\n      modelValue: AA.value,'],
  ['createBlock(unref(script$i), {\n      modelValue: nA.value,', 'createBlock(unref(script$i), {\n      inputId: eA.question.nodeId,\n      modelValue: nA.value,'],
  ['createBlock(unref(script$s), {\n      id: eA.question.nodeId,', 'createBlock(unref(script$s), {\n      labelId: eA.question.nodeId,\n      "aria-label": eA.question.currentState.label?.asString,'],
  ['createBlock(unref(script$f), {\n      id: eA.node.nodeId,', 'createBlock(unref(script$f), {\n      inputId: eA.node.nodeId,'],
  ['createBlock(unref(script$c), {\n      key: 0,\n      id: eA.node.nodeId,', 'createBlock(unref(script$c), {\n      key: 0,\n      inputId: eA.node.nodeId,\n      pt: { pcInputText: { root: { "aria-expanded": null, "aria-haspopup": null } } },'],
  // What has only a picture on it says what it does; a slider says where it stands.
  ['class: "button-menu",', 'class: "button-menu",\n            "aria-label": say("More for this entry", "这一条的更多操作"),'],
  ['disabled: nA.value || pA === 0,\n                  onClick', '"aria-label": say("Up", "上移"),\n                  disabled: nA.value || pA === 0,\n                  onClick'],
  ['disabled: nA.value || pA === oA.value.length - 1,\n                  onClick', '"aria-label": say("Down", "下移"),\n                  disabled: nA.value || pA === oA.value.length - 1,\n                  onClick'],
  ['createVNode(script$6, {\n          id: eA.node.nodeId,', 'createVNode(script$6, {\n          "aria-label": eA.node.currentState.label?.asString,\n          pt: { handle: { "aria-valuenow": iA.value ?? nA, "aria-valuetext": iA.value == null ? say("not answered yet", "还没有填") : String(iA.value) } },\n          id: eA.node.nodeId,'],
  ['class: "clear-button",', 'class: "clear-button",\n        "aria-label": say("Take the picture away", "去掉这张照片"),'],
  ['class: "close-icon",\n            onClick: IA[0]', 'class: "close-icon",\n            "aria-label": say("Close", "关闭"),\n            onClick: IA[0]'],
  // Recordings, films and files are answers too.
  ['createElementBlock("p", null, "🚧 Support for non-image uploads is pending. 🚧")', 'createElementBlock(Fragment, null, [createVNode(ControlText, { question: eA.question }, null, 8, ["question"]), createVNode(UploadFile, { question: eA.question }, null, 8, ["question"]), createVNode(ValidationMessage, { message: eA.question.validationState.violation?.message.formatted }, null, 8, ["message"])], 64)'],
  // Whoever pressed too early is taken to the first question that is not answered well.
  ['IA.value = !0, dA.value = !0, document.scrollingElement?.scrollTo(0, 0)', 'IA.value = !0, dA.value = !0, nextTick(goToFirst)'],
  // One language is no choice.
  ['eA.languages.length > 0 ? (openBlock(), createBlock(unref(script$s)', 'eA.languages.length > 1 ? (openBlock(), createBlock(unref(script$s)'],
  // People here read the clock to twenty-four.
  ['"hour-format": "12"', '"hour-format": "24"'],
]

const mapMends: Piece[] = [
  // Where somebody stands is told to nobody outside: the ground of the map stays empty until it is our own.
  ['"https://tile.openstreetmap.org/{z}/{x}/{y}.png"', '"data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"'],
  ['t = [Vy];', 't = [];'],
]

function mend(code: string, pieces: readonly Piece[]): string {
  return pieces.reduce((so, [find, put]) => once(so, find, put, 1), code)
}

function once(code: string, find: string, put: string, times: number): string {
  const parts = code.split(find)
  if (parts.length - 1 !== times) {
    throw new Error(`@getodk/web-forms has changed: ${JSON.stringify(find)} is there ${parts.length - 1} times, not ${times}; look at web/build`)
  }
  return parts.join(put)
}

/** The code with its words given by `say`. */
export function translate(code: string, literals: readonly Literal[], pieces: readonly Piece[]): string {
  let now = mend(code, pieces)
  for (const [english, chinese, times = 1] of literals) {
    now = once(now, JSON.stringify(english), `say(${JSON.stringify(english)}, ${JSON.stringify(chinese)})`, times)
  }
  return now
}

const USED = /(?:unref\(|createVNode\(|createBlock\()(script(?:\$[\w$]+)?)\b/g

/**
 * The code with our kit's components instead of its own copies. What is then used by nothing is
 * left out of the bundle, once nothing in it looks as if it did something.
 */
export function useKit(code: string): string {
  const used = [...new Set([...code.matchAll(USED)].map((found) => found[1]!))]
  const imports: string[] = []
  let now = code
  for (const local of used) {
    const name = nameOf(code, local)
    imports.push(`import Kit${name} from 'primevue/${name.toLowerCase()}';`)
    const plain = local.replaceAll('$', '\\$')
    now = now.replace(new RegExp(`(unref\\(|createVNode\\(|createBlock\\()${plain}(?![\\w$])`, 'g'), `$1Kit${name}`)
    // The map takes some of them from here.
    now = now.replace(new RegExp(`^  ${plain} as (\\w+)(,?)$`, 'm'), `  Kit${name} as $1$2`)
  }
  if (imports.length < 10) throw new Error('@getodk/web-forms has changed: its components of PrimeVue are not found; look at web/build')
  now = now.replace(/^(script(?:\$[\w$]+)?)\.render = (render(?:\$[\w$]+)?);$/gm, '')
  const renders = new Map([...code.matchAll(/^(script(?:\$[\w$]+)?)\.render = (render(?:\$[\w$]+)?);$/gm)].map((found) => [found[1]!, found[2]!]))
  now = now.replace(/\b(script(?:\$[\w$]+)?) = \{\n/g, (all, local: string) => (renders.has(local) ? `${all}  render: ${renders.get(local)},\n` : all))
  now = now.replace(/= (BaseStyle\.extend\(|definePreset\()/g, '= /* @__PURE__ */ $1')
  return imports.join('\n') + '\n' + now
}

function nameOf(code: string, local: string): string {
  const plain = local.replaceAll('$', '\\$')
  const name = new RegExp(`(?:var |\\}, |, |\\)\\(\\), |\\}\\), )${plain} = \\{\\s+name: "(\\w+)"`).exec(code)?.[1]
  if (!name) throw new Error(`@getodk/web-forms has changed: what ${local} is cannot be told; look at web/build`)
  return name
}

/** The component's code as it goes into the app. */
export function fit(code: string): string {
  return useKit(mend(translate(code, formLiterals, formPieces), mends))
}

/** The code of its map as it goes into the app. */
export function fitMap(code: string): string {
  return mend(translate(code, mapLiterals, mapPieces), mapMends)
}

/** The component's own rules out of the style sheet that its entry writes into the page. */
export function styleOf(entry: string): string {
  const sheet = /createTextNode\('((?:[^'\\]|\\.)*)'\)/.exec(entry)?.[1]
  if (!sheet) throw new Error('@getodk/web-forms has changed: its style sheet is not found; look at web/build')
  const css = sheet.replace(/\\(['\\])/g, '$1').replace(/@charset "[^"]*";/, '')
  return rules(css).map(kept).filter(Boolean).join('\n')
}

const OWN = /data-v-|\.odk-|--odk-|\.geo-|\.geopoint-|\.map-|\.ol-/

/** What is kept of a rule: those of the component itself, and of groups of rules those within. */
function kept(rule: string): string {
  const head = rule.slice(0, rule.indexOf('{'))
  if (/^@font-face/.test(head)) return ''
  if (/^@(media|container|supports)/.test(head)) {
    const inner = rules(rule.slice(rule.indexOf('{') + 1, rule.lastIndexOf('}'))).map(kept).join('')
    return inner && `${head}{${inner}}`
  }
  if (/^@keyframes/.test(head)) return /shimmer|odk|ol-/.test(head) ? rule : ''
  // Addresses of pictures that are not there would only be asked for in vain.
  return OWN.test(head) || (head === ':root' && rule.includes('--odk-')) ? rule : ''
}

/** A style sheet as its outermost rules. */
function rules(css: string): string[] {
  const found: string[] = []
  let depth = 0
  let from = 0
  let quote = ''
  for (let i = 0; i < css.length; i++) {
    const at = css[i]!
    if (quote) {
      if (at === '\\') i++
      else if (at === quote) quote = ''
    } else if (at === '"' || at === "'") quote = at
    else if (at === '{') depth++
    else if (at === '}' && --depth === 0) {
      found.push(css.slice(from, i + 1).trim())
      from = i + 1
    } else if (at === ';' && depth === 0) from = i + 1
  }
  return found
}

const WASM = /"data:application\/wasm;base64,([A-Za-z0-9+/=]+)"/g

/** The plugin. */
export function xform(): Plugin {
  let building = false
  let style = ''
  return {
    name: 'linli-xform',
    enforce: 'pre',
    configResolved(config) {
      building = config.command === 'build'
    },
    resolveId(id) {
      return id === STYLE ? `\0${STYLE}` : undefined
    },
    async load(id) {
      if (id !== `\0${STYLE}`) return undefined
      const entry = await this.resolve('@getodk/web-forms')
      style ||= styleOf(readFileSync(entry!.id.replace(/\?.*/, ''), 'utf8'))
      return style
    },
    transform(code, id) {
      const file = /@getodk[\\/]web-forms[\\/]dist[\\/]([\w-]+\.js)/.exec(id)?.[1]
      if (!file) return undefined
      if (file === 'index.js') return code.slice(code.indexOf('\nimport ') + 1)
      const say = `import { goToFirst, say } from '${SAID}';\nimport UploadFile from '/src/forms/UploadFile.vue';\n`
      if (file.startsWith('MapBlock')) return { code: say + fitMap(code), map: null }
      let now = fit(code)
      if (building) {
        now = now.replace(WASM, (_all, bytes: string) => {
          const file = this.emitFile({ type: 'asset', name: 'xpath.wasm', source: Buffer.from(bytes, 'base64') })
          return `import.meta.ROLLUP_FILE_URL_${file}`
        })
      }
      return { code: say + now, map: null }
    },
  }
}
