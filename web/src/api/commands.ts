/** Sends one command and waits for its answer. */
import { ref } from 'vue'
import { api, ask, type Wire } from './client'
import { NetworkLost, type Problem, Refused } from './problems'

/** An id for a command or thing, made here. */
export function newId(): string {
  return crypto.randomUUID()
}

/** A name for this device, made once. */
export function device(): string {
  const kept = localStorage.getItem('linli-device')
  if (kept) return kept
  const made = `web-${newId().slice(0, 8)}`
  localStorage.setItem('linli-device', made)
  return made
}

export async function sendAll(commands: Wire['CommandEnvelope'][]): Promise<Wire['CommandAnswer'][]> {
  return (await ask(api.POST('/api/commands', { body: { commands } }))).answers
}

export interface Command {
  ledger: string
  kind: string
  body: Record<string, unknown>
}

/**
 * A command that a person gives by a button. It keeps its id until it is answered, so that pressing
 * again after a lost answer does nothing twice.
 */
export function useCommand() {
  const busy = ref(false)
  const problem = ref<Problem>()
  const lost = ref(false)
  let id = newId()
  let sent = ''

  /** The answer, or nothing; then `problem` or `lost` says why. */
  async function give(command: Command): Promise<Wire['CommandAnswer'] | undefined> {
    if (busy.value) return undefined
    const said = JSON.stringify(command)
    // Other words are another command.
    if (said !== sent) {
      id = newId()
      sent = said
    }
    busy.value = true
    problem.value = undefined
    lost.value = false
    try {
      const [answer] = await sendAll([
        { id, ...command, device: device(), occurred_at: new Date().toISOString() },
      ])
      sent = ''
      if (answer?.outcome === 'refused') {
        problem.value = answer.problem ?? undefined
        return undefined
      }
      return answer
    } catch (error) {
      if (error instanceof NetworkLost) lost.value = true
      else if (error instanceof Refused) problem.value = error.problem
      else throw error
      return undefined
    } finally {
      busy.value = false
    }
  }

  function forgetProblem(): void {
    problem.value = undefined
    lost.value = false
  }

  return { busy, problem, lost, give, forgetProblem, id: () => id }
}
