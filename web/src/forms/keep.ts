/**
 * Forms on this device: when their list is read, each form is fetched with its lists and pictures
 * and kept under the hash of its bytes, so that it opens where there is no network.
 */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { NetworkLost, Refused } from '@/api/problems'
import { keepFormFiles } from '@/offline/files'
import { drafts, formShelf } from '@/outbox/shelf'
import { fetchMedia, fetchXForm, type FormEntry } from './records'

/** What a place's forms are made of on the shelf. */
interface Kept {
  xforms: string[]
  media: string[]
}

export interface Source {
  xform: typeof fetchXForm
  media: typeof fetchMedia
}

const online: Source = { xform: fetchXForm, media: fetchMedia }

const keyOf = { xform: (hash: string) => `xform ${hash}`, media: (hash: string) => `media ${hash}`, ledger: (ledger: string) => `ledger ${ledger}` }

/** The XML of a form: from the shelf, else from the server, and then it is on the shelf. */
export async function xformOf(ledger: string, form: FormEntry, source: Source = online): Promise<string> {
  const kept = await formShelf.read<string>(keyOf.xform(form.hash)).catch(() => undefined)
  if (kept !== undefined) return kept
  const xml = await source.xform(ledger, form.id, form.version)
  await formShelf.write(keyOf.xform(form.hash), xml).catch(() => undefined)
  return xml
}

/** A list or picture of a form; nothing where it has none of that name or it cannot be had. */
export async function mediaOf(ledger: string, form: FormEntry, name: string, source: Source = online): Promise<Blob | undefined> {
  const medium = form.media.find((one) => one.name === name)
  if (!medium) return undefined
  const kept = await formShelf.read<Blob>(keyOf.media(medium.hash)).catch(() => undefined)
  if (kept) return kept
  try {
    const blob = await source.media(ledger, form.id, name)
    await formShelf.write(keyOf.media(medium.hash), blob).catch(() => undefined)
    return blob
  } catch (error) {
    if (error instanceof NetworkLost || error instanceof Refused) return undefined
    throw error
  }
}

/** Whether everything of a form is on this device. */
export async function isHere(form: FormEntry): Promise<boolean> {
  const there = new Set(await formShelf.keys())
  return there.has(keyOf.xform(form.hash)) && form.media.every((one) => there.has(keyOf.media(one.hash)))
}

/** Fetches what is missing; `told` hears how many of how many are here. False if not all could be had. */
export async function keepAll(ledger: string, forms: readonly FormEntry[], told: (done: number, of: number) => void, source: Source = online): Promise<boolean> {
  const there = new Set(await formShelf.keys())
  let whole = true
  let done = 0
  for (const form of forms) {
    told(done, forms.length)
    try {
      if (!there.has(keyOf.xform(form.hash))) await formShelf.write(keyOf.xform(form.hash), await source.xform(ledger, form.id, form.version))
      for (const one of form.media) {
        if (!there.has(keyOf.media(one.hash))) await formShelf.write(keyOf.media(one.hash), await source.media(ledger, form.id, one.name))
      }
    } catch (error) {
      whole = false
      // Without a network the others cannot be had either; one that is refused holds up none.
      if (error instanceof NetworkLost) break
      if (!(error instanceof Refused) && !(error instanceof DOMException)) throw error
    }
    told(++done, forms.length)
  }
  if (whole) await tidy(ledger, forms)
  return whole
}

/** Lets go of what no place and no draft needs any more. */
async function tidy(ledger: string, forms: readonly FormEntry[]): Promise<void> {
  await formShelf.write(keyOf.ledger(ledger), {
    xforms: forms.map((form) => keyOf.xform(form.hash)),
    media: forms.flatMap((form) => form.media.map((one) => keyOf.media(one.hash))),
  } satisfies Kept)
  const all = await formShelf.keys()
  const needed = new Set<string>()
  for (const key of all.filter((one) => one.startsWith('ledger '))) {
    const kept = await formShelf.read<Kept>(key)
    for (const one of [...(kept?.xforms ?? []), ...(kept?.media ?? [])]) needed.add(one)
  }
  for (const draft of await drafts.all()) {
    const form = draft.form as FormEntry | undefined
    if (!form?.hash) continue
    needed.add(keyOf.xform(form.hash))
    for (const one of form.media) needed.add(keyOf.media(one.hash))
  }
  const idle = all.filter((one) => /^(xform|media) /.test(one) && !needed.has(one))
  await Promise.all(idle.map((one) => formShelf.remove(one)))
}

export type Keeping = 'idle' | 'busy' | 'whole' | 'broken'

/** How far the forms of the place that was looked at last are on their way to this device. */
export const useKeeping = defineStore('keeping', () => {
  const state = ref<Keeping>('idle')
  const done = ref(0)
  const of = ref(0)
  let turn = 0

  async function keep(ledger: string, forms: readonly FormEntry[]): Promise<void> {
    if (!forms.length) {
      state.value = 'idle'
      return
    }
    const mine = ++turn
    state.value = 'busy'
    // A browser that is short of room throws away first what nobody asked it to keep.
    void navigator.storage?.persist?.()
    // The app's own files for forms are one thing more to fetch.
    let ours = 0
    let theirs = 0
    const tell = () => {
      if (mine !== turn) return
      done.value = ours + theirs
      of.value = forms.length + 1
    }
    tell()
    try {
      const [whole, files] = await Promise.all([
        keepAll(ledger, forms, (now) => {
          theirs = now
          tell()
        }),
        keepFormFiles().then((kept) => {
          ours = 1
          tell()
          return kept
        }),
      ])
      if (mine === turn) state.value = whole && files ? 'whole' : 'broken'
    } catch {
      // A full or forbidden shelf: forms are still filled with a network.
      if (mine === turn) state.value = 'broken'
    }
  }

  return { state, done, of, keep }
})
