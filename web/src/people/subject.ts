/** About whom a case or a submission is: oneself, a chosen household or person, or only the place. */
import { computed, ref, watch } from 'vue'
import type { LocationQuery } from 'vue-router'
import { api, ask } from '@/api/client'
import { useSession } from '@/session/store'

export type SubjectKind = 'place' | 'household' | 'person'

export interface Subject {
  kind: 'household' | 'person'
  id: string
}

/** Under which name the page of a household stays on the device, without names. */
export const keptHome = (ledger: string, id: string) => `home ${ledger} ${id}`

export function useSubject(kind: () => string | undefined, ledger: () => string, query: LocationQuery) {
  const session = useSession()
  const picked = ref<string | undefined>()
  const missing = ref(false)
  const household = ref<string>()

  const given = computed<Subject | undefined>(() => {
    const { subject_kind: as, subject } = query
    return typeof subject === 'string' && (as === 'household' || as === 'person') && as === kind() ? { kind: as, id: subject } : undefined
  })
  /** Neighbours speak for themselves and their household; everybody else chooses. */
  const own = computed<Subject | undefined>(() => {
    if (!session.isNeighbour || !session.person || session.person.ledger !== ledger()) return undefined
    if (kind() === 'person') return { kind: 'person', id: session.person.id }
    if (kind() === 'household' && household.value) return { kind: 'household', id: household.value }
    return undefined
  })
  const wants = computed(() => (kind() === 'household' || kind() === 'person' ? (kind() as 'household' | 'person') : undefined))
  const value = computed<Subject | undefined>(() => {
    if (!wants.value) return undefined
    return given.value ?? own.value ?? (picked.value ? { kind: wants.value, id: picked.value } : undefined)
  })

  watch(
    () => session.isNeighbour && kind() === 'household',
    async (needed) => {
      if (needed && !household.value) household.value = (await ask(api.GET('/api/kept')).catch(() => undefined))?.household
    },
    { immediate: true },
  )
  watch([picked, kind], () => (missing.value = false))

  /** Whether it is known about whom. */
  function check(): boolean {
    missing.value = !!wants.value && !value.value
    return !missing.value
  }

  return { wants, value, given, own, picked, missing, check }
}
