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

export async function sendAll(commands: CommandEnvelope[]): Promise<Wire['CommandAnswer'][]> {
  return (await ask(api.POST('/api/commands', { body: { commands } }))).answers
}

export type CommandEnvelope = Wire['CommandEnvelope']

export interface Command {
  ledger: string
  kind: Wire['CommandKind']
  body: Record<string, unknown>
}

/** A command on its way. Packs say what forms ask, so only the door can tell whether a body is whole. */
export function envelope(command: Command & { id: string; occurred_at: string; device: string }): CommandEnvelope {
  return command as CommandEnvelope
}

/**
 * Commands that a person gives by a button. They keep their ids until they are answered, so that
 * pressing again after a lost answer does nothing twice.
 */
export function useCommand() {
  const busy = ref(false)
  const problem = ref<Problem>()
  const lost = ref(false)
  let ids = [newId()]
  let sent = ''

  /** The answers, or nothing; then `problem` or `lost` says why. One that is refused stops none. */
  async function giveAll(commands: readonly Command[]): Promise<Wire['CommandAnswer'][] | undefined> {
    if (busy.value) return undefined
    const said = JSON.stringify(commands)
    // Other words are other commands.
    if (said !== sent) {
      ids = commands.map(() => newId())
      sent = said
    }
    busy.value = true
    problem.value = undefined
    lost.value = false
    const occurred_at = new Date().toISOString()
    try {
      const answers = await sendAll(commands.map((command, i) => envelope({ id: ids[i]!, ...command, device: device(), occurred_at })))
      sent = ''
      const refused = answers.find((answer) => answer.outcome === 'refused')
      if (!refused) return answers
      problem.value = refused.problem ?? undefined
      return undefined
    } catch (error) {
      if (error instanceof NetworkLost) lost.value = true
      else if (error instanceof Refused) problem.value = error.problem
      else throw error
      return undefined
    } finally {
      busy.value = false
    }
  }

  /** The answer to one command, or nothing. */
  async function give(command: Command): Promise<Wire['CommandAnswer'] | undefined> {
    return (await giveAll([command]))?.[0]
  }

  function forgetProblem(): void {
    problem.value = undefined
    lost.value = false
  }

  return { busy, problem, lost, give, giveAll, forgetProblem, id: () => ids[0]! }
}
