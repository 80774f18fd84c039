/** Who is signed in, and what they may see. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { api, ask, setCsrf, type Wire } from '@/api/client'
import { Refused } from '@/api/problems'
import { forget } from '@/outbox/shelf'

export type Session = Wire['Session']

const KEPT = 'linli-session'

/** Roles that only live here: no queue of others' matters, no registers. */
const NEIGHBOURS = ['resident']

export const useSession = defineStore('session', () => {
  const session = ref<Session>()
  /** Whether the server has been asked already. */
  const asked = ref(false)

  const person = computed(() => session.value?.person ?? undefined)
  const roles = computed(() => new Set((session.value?.grants ?? []).map((grant) => grant.role)))
  const isNeighbour = computed(() => [...roles.value].every((role) => NEIGHBOURS.includes(role)))
  /** Whether they keep the register: operators, coordinators and community leads. */
  const keepsPeople = computed(() => ['operator', 'coordinator', 'community_lead'].some((role) => roles.value.has(role)))
  /** Whether they bring forms here. */
  const publishesForms = computed(() => ['operator', 'coordinator'].some((role) => roles.value.has(role)))
  /** Whether cases may be theirs to open at all; which kinds, the packs say. */
  const opensCases = computed(() => ['resident', 'grid_worker', 'volunteer', 'clinician', 'community_lead', 'coordinator'].some((role) => roles.value.has(role)))
  /** Whether they look after a place rather than a person: figures belong on their first page. */
  const oversees = computed(() => ['operator', 'coordinator', 'community_lead', 'department', 'analyst'].some((role) => roles.value.has(role)))
  const home = computed(() => session.value?.home_ledger ?? 'root')

  /** The place that is theirs first of all: where their first role is, or their home. */
  const place = computed(() => session.value?.grants[0]?.place ?? home.value)

  function take(found: Session | undefined): void {
    session.value = found
    setCsrf(found?.csrf ?? '')
    // Without the token: it is only good together with the cookie, and is fetched anew.
    if (found) localStorage.setItem(KEPT, JSON.stringify({ ...found, csrf: '' }))
    else localStorage.removeItem(KEPT)
  }

  /** Finds out who is signed in; without a network, or with a server in trouble, whoever was so last. */
  async function load(): Promise<void> {
    try {
      take(await ask(api.GET('/api/session'), true))
    } catch (error) {
      if (error instanceof Refused && error.problem.status === 401) take(undefined)
      else recall()
    }
    asked.value = true
  }

  function recall(): void {
    const kept = localStorage.getItem(KEPT)
    if (kept) session.value = JSON.parse(kept) as Session
  }

  async function signIn(name: string, password: string): Promise<void> {
    take(await ask(api.POST('/api/session', { body: { name, password } }), true))
  }

  async function signInAs(account: string): Promise<void> {
    take(await ask(api.POST('/api/demo/session', { body: { account } }), true))
  }

  async function signOut(): Promise<void> {
    try {
      await ask(api.DELETE('/api/session'), true)
    } finally {
      take(undefined)
      await forget()
    }
  }

  function expired(): void {
    take(undefined)
  }

  return { session, asked, person, roles, isNeighbour, keepsPeople, publishesForms, opensCases, oversees, home, place, load, signIn, signInAs, signOut, expired }
})
