/** Whether the server can be reached: told by every request, and by the browser. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { whenReached } from '@/api/client'

export const useReach = defineStore('reach', () => {
  const reached = ref(typeof navigator === 'undefined' || navigator.onLine)
  whenReached((now) => (reached.value = now))
  globalThis.addEventListener?.('offline', () => (reached.value = false))
  return { reached }
})
