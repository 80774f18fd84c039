/** The ledgers in which somebody works: their own, those of their roles, and those right below. */
import { computed, ref, watch } from 'vue'
import { api, ask } from '@/api/client'
import { memory } from '@/outbox/shelf'
import { NetworkLost } from '@/api/problems'
import { useSession } from '@/session/store'
import { useWords } from '@/words'

export interface LedgerOption {
  id: string
  label: string
}

export function useLedgers() {
  const session = useSession()
  const { named } = useWords()
  const below = ref<LedgerOption[]>([])

  watch(
    () => session.home,
    async (home) => {
      const key = `ledgers ${home}`
      try {
        const page = await ask(api.GET('/api/places/{id}', { params: { path: { id: home }, query: { limit: 1 } } }))
        const children = page.children.filter((child) => child.ledger)
        below.value = [
          { id: page.place.ledger, label: page.place.path.find((step) => step.id === page.place.ledger)?.name ?? page.place.name },
          ...children.map((child) => ({ id: child.ledger!, label: child.name })),
        ]
        void memory.write(key, below.value).catch(() => undefined)
      } catch (error) {
        const kept = error instanceof NetworkLost ? await memory.read(key).catch(() => undefined) : undefined
        below.value = (kept?.value as LedgerOption[] | undefined) ?? []
      }
    },
    { immediate: true },
  )

  const ledgers = computed(() => {
    const found = new Map(below.value.map((option) => [option.id, option]))
    for (const grant of session.session?.grants ?? []) {
      if (!found.has(grant.ledger)) found.set(grant.ledger, { id: grant.ledger, label: grant.ledger === grant.place ? grant.place_name : grant.ledger })
    }
    if (!found.has(session.home)) found.set(session.home, { id: session.home, label: session.home })
    return [...found.values()].map((option) => ({ ...option, label: named(option.label) }))
  })
  return ledgers
}
