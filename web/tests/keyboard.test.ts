/** A form can be filled and found wrong without a mouse, and without seeing it. */
import PrimeVue from 'primevue/config'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createApp, h, nextTick, ref, type App } from 'vue'
import FieldSet from '@/forms/FieldSet.vue'
import { emptyDraft, type Draft, type FieldSpec } from '@/forms/fields'
import { createPinia } from 'pinia'
import { i18n, learn } from '@/words'

const fields: FieldSpec[] = [
  { element: 'broken', name: { zh: '什么坏了', en: 'What is broken' }, type: 'choice', required: true, sealed: false, choices: [{ id: 'light', name: { zh: '灯', en: 'Light' } }, { id: 'door', name: { zh: '门', en: 'Door' } }] },
  { element: 'note', name: { zh: '情况', en: 'What happened' }, type: 'text', required: true, sealed: false, choices: [], hint: { zh: '用自己的话', en: 'In your own words' } },
]
let app: App | undefined
afterEach(() => app?.unmount())

function mount() {
  const draft = ref<Draft>(emptyDraft(fields))
  const set = ref<InstanceType<typeof FieldSet>>()
  const root = document.createElement('div')
  document.body.append(root)
  app = createApp({ render: () => h(FieldSet, { ref: set, fields, ledger: 'l', modelValue: draft.value, 'onUpdate:modelValue': (now: Draft) => (draft.value = now) }) })
  app.use(createPinia()).use(i18n).use(PrimeVue, { unstyled: true }).mount(root)
  return { draft, set, root }
}

beforeAll(() => Promise.all([learn('zh-Hans'), learn('en')]))

describe('a set of questions', () => {
  it('has a name for every input', () => {
    const { root } = mount()
    expect(root.querySelector('fieldset legend')?.textContent).toContain('什么坏了')
    const text = root.querySelector('textarea')!
    expect(root.querySelector(`label[for="${text.id}"]`)?.textContent).toContain('情况')
    expect(root.querySelector(`#${text.getAttribute('aria-describedby')}`)?.textContent).toContain('用自己的话')
  })

  it('goes to the first answer that is missing and says what is wrong', async () => {
    const { set, root, draft } = mount()
    expect(await set.value!.check()).toBe(false)
    expect(document.activeElement).toBe(root.querySelector('input[type=radio]'))
    expect(root.querySelectorAll('[role=alert]')).toHaveLength(2)
    root.querySelector<HTMLInputElement>('input[value=light]')!.click()
    await nextTick()
    expect(draft.value.broken).toBe('light')
    expect(await set.value!.check()).toBe(false)
    expect(document.activeElement).toBe(root.querySelector('textarea'))
  })

  it('is complete when everything is answered', async () => {
    const { set, root, draft } = mount()
    root.querySelector<HTMLInputElement>('input[value=door]')!.click()
    const text = root.querySelector('textarea')!
    text.value = '门关不上'
    text.dispatchEvent(new Event('input'))
    await nextTick()
    expect(draft.value).toEqual({ broken: 'door', note: '门关不上' })
    expect(await set.value!.check()).toBe(true)
  })
})
