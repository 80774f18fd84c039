/** The server's stream of changes: views that show a changed thing fetch it again. */
import { onScopeDispose } from 'vue'
import type { Wire } from '@/api/client'

export type Change = Wire['Change']
type Listener = (change: Change) => void

/** Milliseconds to wait before the nth attempt to connect again: doubling, with some chance. */
export function backoff(attempt: number, chance = Math.random()): number {
  const whole = Math.min(1000 * 2 ** attempt, 30_000)
  return Math.round(whole / 2 + (whole / 2) * chance)
}

const listeners = new Set<Listener>()
const returns = new Set<() => void>()
let source: EventSource | undefined
let timer: ReturnType<typeof setTimeout> | undefined
let attempt = 0
let lost = false

/** Starts to follow; again and again when the line breaks. */
export function follow(): void {
  stop()
  if (typeof EventSource === 'undefined') return
  source = new EventSource('/api/changes')
  const alive = () => {
    attempt = 0
    if (lost) {
      lost = false
      // What happened in between was not heard: fetch what is shown.
      returns.forEach((act) => act())
    }
  }
  source.addEventListener('open', alive)
  source.addEventListener('alive', alive)
  source.addEventListener('fact', (event) => {
    alive()
    const change = JSON.parse((event as MessageEvent<string>).data) as Change
    listeners.forEach((listener) => listener(change))
  })
  // More happened than the server could tell: all that is shown may be old.
  source.addEventListener('lost', () => returns.forEach((act) => act()))
  source.addEventListener('error', () => {
    source?.close()
    lost = true
    timer = setTimeout(follow, backoff(attempt++))
  })
}

/** Stops to follow. */
export function stop(): void {
  clearTimeout(timer)
  source?.close()
  source = undefined
}

/** Hears every change while the component lives. */
export function onChange(listener: Listener): void {
  listeners.add(listener)
  onScopeDispose(() => listeners.delete(listener))
}

/** Is called when the stream is back after it was lost. */
export function onReturn(act: () => void): void {
  returns.add(act)
  onScopeDispose(() => returns.delete(act))
}

/** Lets several changes in a short time count as one. */
export function gathered(act: () => void, ms = 400): () => void {
  let waiting: ReturnType<typeof setTimeout> | undefined
  return () => {
    if (waiting) return
    waiting = setTimeout(() => {
      waiting = undefined
      act()
    }, ms)
  }
}
