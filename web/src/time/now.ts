/** The present as pages show it: by the server's clock, moving on every half minute. */
import { ref } from 'vue'

const now = ref(new Date())
let ahead = 0

setInterval(() => (now.value = new Date(Date.now() + ahead)), 30_000)

/** Sets the clock by the server's: a demo's day, or a phone whose clock is wrong. */
export function setClock(server: string): void {
  ahead = new Date(server).getTime() - Date.now()
  now.value = new Date(server)
}

export function useNow() {
  return now
}
