/** For which purpose personal values are read: chosen anew on every page, never by default. */
import { ref } from 'vue'
import { api, ask, type Wire } from '@/api/client'

const purposes = ref<Wire['Named'][]>()

export function usePurposes() {
  async function load(): Promise<void> {
    purposes.value ??= (await ask(api.GET('/api/purposes')).catch(() => ({ purposes: [] }))).purposes
  }
  void load()
  return purposes
}
