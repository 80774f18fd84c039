/** The browser's own store behind the queue and the drafts. */
import { createStore, del, entries, get, keys, set, update, values, clear, type UseStore } from 'idb-keyval'
import type { Item, Shelf } from './queue'

const stores = new Map<string, UseStore>()

function store(name: string): UseStore {
  let found = stores.get(name)
  if (!found) {
    found = createStore(`linli-${name}`, name)
    stores.set(name, found)
  }
  return found
}

export const itemShelf: Shelf = {
  all: () => values<Item>(store('outbox')),
  put: (item) => set(item.id, item, store('outbox')),
  remove: (id) => del(id, store('outbox')),
}

/** Answers begun but not sent, by form and subject. */
export const drafts = {
  read: (key: string) => get<Record<string, unknown>>(key, store('drafts')),
  write: (key: string, answers: object) => set(key, answers, store('drafts')),
  remove: (key: string) => del(key, store('drafts')),
  all: () => values<Record<string, unknown>>(store('drafts')),
  entries: () => entries<string, Record<string, unknown>>(store('drafts')),
}

/** Photographs and other files of what was begun: written once, however often the answers change. */
export const attachments = {
  read: (key: string) => get<Blob>(key, store('attachments')),
  write: (key: string, blob: Blob) => set(key, blob, store('attachments')),
  remove: (key: string) => del(key, store('attachments')),
  keys: async () => (await keys(store('attachments'))).map(String),
}

/** Forms, their lists and pictures, by the hash of their bytes, for times without a network. */
export const formShelf = {
  read: <T>(key: string) => get<T>(key, store('forms')),
  write: (key: string, value: unknown) => set(key, value, store('forms')),
  remove: (key: string) => del(key, store('forms')),
  keys: async () => (await keys(store('forms'))).map(String),
}

/** What is known about somebody, between opening a form about them and sending it. */
export const knownShelf = {
  read: (key: string) => get<Remembered>(key, store('known')),
  write: (key: string, value: unknown) => set(key, { value, at: new Date().toISOString() } satisfies Remembered, store('known')),
  remove: (key: string) => del(key, store('known')),
}

interface Remembered {
  value: unknown
  at: string
}

/** What the server said last, for when it cannot be reached. Holds no names of people. */
export const memory = {
  read: (key: string) => get<Remembered>(key, store('memory')),
  write: (key: string, value: unknown) => update<Remembered>(key, () => ({ value, at: new Date().toISOString() }), store('memory')),
}

/** Forgets what belongs to whoever signs out; what waits to be sent stays. */
export async function forget(): Promise<void> {
  await Promise.all(['drafts', 'attachments', 'memory', 'forms', 'known'].map((name) => clear(store(name))))
}
