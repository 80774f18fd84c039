/** A view of the server on a page: loading, loaded, failed; fetched again when it changes. */
import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { gathered, onChange, onReturn, type Change } from '@/changes/stream'
import { whisper } from '@/changes/whisper'
import { memory } from '@/outbox/shelf'
import { NetworkLost, type Problem, Refused } from './problems'

export interface View<T> {
  data: Ref<T | undefined>
  problem: Ref<Problem | undefined>
  /** Whether there is nothing to show yet. */
  loading: Ref<boolean>
  /** Whether there is nothing to show for want of a network. */
  unreached: Ref<boolean>
  /** Since when what is shown is old, if the server could not be reached. */
  staleSince: Ref<string | undefined>
  /** Whether this device holds what is shown, for times without a network. */
  remembered: Ref<boolean>
  reload: () => Promise<void>
}

interface Options {
  /** Which changes touch this view. */
  touchedBy?: (change: Change) => boolean
  /** Under which name what was seen is remembered for times without a network. */
  rememberAs?: () => string
  /** Whether what is shown stays until the new answer is there. */
  keeps?: boolean
}

/** Fetches when `source` changes, and again when a change touches it. */
export function useView<T>(source: () => unknown, fetch: () => Promise<T>, options: Options = {}): View<T> {
  const data = shallowRef<T>()
  const problem = ref<Problem>()
  const loading = ref(true)
  const unreached = ref(false)
  const staleSince = ref<string>()
  const remembered = ref(false)
  let turn = 0

  async function reload(): Promise<void> {
    const mine = ++turn
    const key = options.rememberAs?.()
    try {
      const found = await fetch()
      if (mine !== turn) return
      data.value = found
      problem.value = undefined
      unreached.value = false
      staleSince.value = undefined
      if (key) void remember(key, found, mine)
    } catch (error) {
      if (mine !== turn) return
      if (error instanceof Refused) problem.value = error.problem
      else if (error instanceof NetworkLost) await recall(key)
      else throw error
    } finally {
      if (mine === turn) loading.value = false
    }
  }

  async function remember(key: string, found: T, mine: number): Promise<void> {
    const kept = await memory.write(key, found).then(() => true, () => false)
    if (mine === turn) remembered.value = kept
  }

  async function recall(key: string | undefined): Promise<void> {
    const kept = key ? await memory.read(key).catch(() => undefined) : undefined
    if (kept && data.value === undefined) {
      data.value = kept.value as T
      staleSince.value = kept.at
      remembered.value = true
    }
    unreached.value = data.value === undefined
  }

  watch(
    source,
    () => {
      loading.value = true
      if (!options.keeps) data.value = undefined
      remembered.value = false
      problem.value = undefined
      void reload()
    },
    { immediate: true },
  )

  async function again(): Promise<void> {
    const before = essence(data.value)
    await reload()
    if (before !== '' && essence(data.value) !== before) whisper()
  }
  const soon = gathered(() => void again(), 800)
  if (options.touchedBy) onChange((change) => options.touchedBy!(change) && soon())
  onReturn(soon)
  const back = () => void reload()
  globalThis.addEventListener?.('online', back)
  onScopeDispose(() => {
    turn++
    globalThis.removeEventListener?.('online', back)
  })

  return { data, problem, loading: computed(() => loading.value && data.value === undefined), unreached, staleSince, remembered, reload }
}

/** What is shown, without the times at which it was read. */
function essence(data: unknown): string {
  if (data === undefined) return ''
  return JSON.stringify(data, (key, value: unknown) => (['now', 'as_of', 'as_of_seq'].includes(key) ? undefined : value))
}
