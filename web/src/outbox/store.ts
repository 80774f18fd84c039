/** The outbox as pages see it: what waits, what was sent, what was refused. */
import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { device, newId, sendAll, type Command } from '@/api/commands'
import type { Words } from '@/api/client'
import { useReach } from '@/offline/reach'
import { useSession } from '@/session/store'
import { Queue, type Item } from './queue'
import { sendRecord, type RecordOnItsWay } from '@/forms/records'
import { instanceId } from '@/forms/record'
import { itemShelf } from './shelf'

async function alone(task: () => Promise<void>): Promise<void> {
  if (navigator.locks) await navigator.locks.request('linli-outbox', task)
  else await task()
}

export const useOutbox = defineStore('outbox', () => {
  const session = useSession()
  const reach = useReach()
  const items = ref<Item[]>([])
  const waiting = computed(() => items.value.filter((item) => item.state === 'waiting').length)
  const refused = computed(() => items.value.filter((item) => item.state === 'refused').length)
  const account = () => session.session?.account ?? ''

  const others = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('linli-outbox')
  /** The record that is going out now, and which part of it has gone. */
  const going = ref<{ id: string; part: number }>()
  const changed = () => {
    others?.postMessage('changed')
    void refresh()
  }
  const queue = new Queue(itemShelf, sendAll, alone, device(), changed, undefined, async (item, from) => {
    going.value = { id: item.id, part: 0 }
    try {
      return await sendRecord(item.record, { ledger: item.ledger, occurred_at: item.occurred_at, device: from }, (part) => (going.value = { id: item.id, part }))
    } finally {
      going.value = undefined
    }
  })
  if (others) others.onmessage = () => void refresh()

  async function refresh(): Promise<void> {
    items.value = account() ? await queue.all(account()) : []
  }

  async function flush(): Promise<void> {
    if (!account()) return
    // The token may be from before the network was lost.
    if (!session.session?.csrf) await session.load()
    if (session.session?.csrf) await queue.flush(account())
  }

  /** Keeps a command here first, then sends it as soon as it can be. */
  async function submit(command: { id?: string; ledger: string; kind: Command['kind']; body: Record<string, unknown>; title: Words; place: string; occurred_at?: string }): Promise<string> {
    const id = command.id ?? newId()
    await queue.add({ occurred_at: new Date().toISOString(), ...command, id, account: account() })
    await refresh()
    if (navigator.onLine) await flush()
    return id
  }

  /** Keeps a filled form here first, under the id that it was given when it was begun, then sends it. */
  async function submitRecord(record: RecordOnItsWay, about: { ledger: string; title: Words; place: string; occurred_at: string }): Promise<string> {
    const id = instanceId(record.xml)
    await queue.add({ ...about, id, kind: 'record_submission', record, account: account() })
    await refresh()
    // A record with photographs takes its time; whoever filled it may go on.
    if (navigator.onLine) void flush()
    return id
  }

  /** Whether something is on its way or has been sent from here. */
  async function holds(id: string): Promise<boolean> {
    return (await queue.all(account())).some((item) => item.id === id)
  }

  async function remove(id: string): Promise<void> {
    await queue.remove(id)
  }

  async function retry(id: string): Promise<void> {
    await queue.again(id, newId())
    await flush()
  }

  watch(() => session.session?.account, () => void refresh().then(flush), { immediate: true })
  watch(() => reach.reached, (reached) => reached && void flush())
  globalThis.addEventListener?.('online', () => void flush())
  setInterval(() => waiting.value > 0 && void flush(), 20_000)

  return { items, waiting, refused, going, submit, submitRecord, holds, flush, remove, retry, refresh }
})
