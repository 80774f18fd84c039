/** Says quietly that what is shown has changed; not more often than people can bear. */
import { ref } from 'vue'

const SHOWN_MS = 4_000
const QUIET_MS = 10_000
const heard = ref(false)
let last = 0

export function whisper(now = Date.now()): void {
  if (now - last < QUIET_MS) return
  last = now
  heard.value = true
  setTimeout(() => (heard.value = false), SHOWN_MS)
}

export function useWhisper() {
  return { heard }
}
