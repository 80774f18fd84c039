/** Accounts, pools and places to choose from, where a question asks for one. */
import { ref, watch, type Ref } from 'vue'
import { api, ask } from '@/api/client'
import { useWords } from '@/words'
import type { FieldSpec } from './fields'

export interface Option {
  id: string
  label: string
}

/** What there is to choose from; nothing while it is fetched or cannot be. */
export function useChoices(field: () => FieldSpec, ledger: () => string): Ref<Option[] | undefined> {
  const { w } = useWords()
  const found = ref<Option[]>()

  async function fetch(type: FieldSpec['type'], at: string): Promise<Option[]> {
    if (type === 'account') {
      const { accounts } = await ask(api.GET('/api/accounts', { params: { query: { ledger: at } } }))
      return accounts.map((a) => ({ id: a.id, label: [a.name, ...new Set(a.roles.map((role) => w(role.name)))].join(' · ') }))
    }
    if (type === 'pool') {
      const { pools } = await ask(api.GET('/api/stock', { params: { query: { ledger: at } } }))
      return pools.map((p) => ({ id: p.id, label: `${p.name} · ${p.free}/${p.total} ${w(p.unit)}` }))
    }
    const page = await ask(api.GET('/api/places/{id}', { params: { path: { id: at } } }))
    return [page.place, ...page.children].map((place) => ({ id: place.id, label: place.name }))
  }

  watch(
    () => [field().type, ledger()] as const,
    async ([type, at]) => {
      if (!['account', 'pool', 'place'].includes(type)) return
      // Without a list there is nothing to choose; the page's own banner says why.
      found.value = await fetch(type, at).catch(() => [])
    },
    { immediate: true },
  )
  return found
}
