/** Commands that wait for the network: kept in order, sent exactly once, answered in words. */
import { envelope, type Command, type CommandEnvelope } from '@/api/commands'
import { NetworkLost, Refused, type Problem } from '@/api/problems'
import type { Wire, Words } from '@/api/client'

export type ItemState = 'waiting' | 'sent' | 'refused'

/** A command on its way, with what the person needs to know it again. */
export interface Item {
  id: string
  /** Whose it is: nobody else's session sends it. */
  account: string
  ledger: string
  kind: Command['kind']
  /** Gone once it is sent: a phone keeps no personal data longer than it must. */
  body?: Record<string, unknown>
  occurred_at: string
  title: Words
  place: string
  queued_at: string
  state: ItemState
  answered_at?: string
  problem?: Problem
}

/** Where items are kept. */
export interface Shelf {
  all(): Promise<Item[]>
  put(item: Item): Promise<void>
  remove(id: string): Promise<void>
}

export type Send = (commands: CommandEnvelope[]) => Promise<Wire['CommandAnswer'][]>

/** Runs a task so that no other tab runs one of the same name at the same time. */
export type Alone = (task: () => Promise<void>) => Promise<void>

const BATCH = 50

/**
 * The queue. A command is put on the shelf before it is sent, with an id made here, and stays
 * waiting until an answer with that id has come: an answer lost on the way means sending again,
 * and the server answers the same id once and for all.
 */
export class Queue {
  private running: Promise<void> | undefined

  constructor(
    private readonly shelf: Shelf,
    private readonly send: Send,
    private readonly alone: Alone,
    private readonly device: string,
    private readonly changed: () => void,
    private readonly now: () => Date = () => new Date(),
  ) {}

  /** Puts a command on the shelf; the same id is kept only once. */
  async add(item: Omit<Item, 'state' | 'queued_at'>): Promise<void> {
    const known = (await this.shelf.all()).some((other) => other.id === item.id)
    if (known) return
    await this.shelf.put({ ...item, state: 'waiting', queued_at: this.now().toISOString() })
    this.changed()
  }

  /** Everything of an account, the newest first. */
  async all(account: string): Promise<Item[]> {
    const items = (await this.shelf.all()).filter((item) => item.account === account)
    return items.sort((a, b) => b.queued_at.localeCompare(a.queued_at))
  }

  /** Takes an item off the shelf; what is waiting can be taken back until it is sent. */
  async remove(id: string): Promise<void> {
    await this.shelf.remove(id)
    this.changed()
  }

  /** Puts what was refused in the queue again, under a new id: an id is answered once and for all. */
  async again(id: string, newId: string): Promise<void> {
    const item = (await this.shelf.all()).find((other) => other.id === id)
    if (item?.state !== 'refused' || !item.body) return
    await this.shelf.put({ ...item, id: newId, state: 'waiting', problem: undefined, answered_at: undefined, queued_at: this.now().toISOString() })
    await this.shelf.remove(id)
    this.changed()
  }

  /** Sends what is waiting. Calls while it runs join in. Throws nothing for want of a network. */
  flush(account: string): Promise<void> {
    this.running ??= this.alone(() => this.drain(account)).finally(() => {
      this.running = undefined
    })
    return this.running
  }

  private async drain(account: string): Promise<void> {
    // Read only now that no other tab is sending: what it has sent is no longer waiting.
    const waiting = (await this.all(account)).filter((item) => item.state === 'waiting').reverse()
    for (let from = 0; from < waiting.length; from += BATCH) {
      const batch = waiting.slice(from, from + BATCH)
      try {
        await this.deliver(batch)
      } catch (error) {
        if (error instanceof NetworkLost || error instanceof Refused) return
        throw error
      }
    }
  }

  private async deliver(batch: Item[]): Promise<void> {
    let answers: Wire['CommandAnswer'][]
    try {
      answers = await this.send(batch.map((item) => this.envelopeOf(item)))
    } catch (error) {
      if (!(error instanceof Refused) || !isLasting(error.problem)) throw error
      // One bad command must not hold up the others.
      if (batch.length > 1) {
        for (const item of batch) await this.deliver([item])
        return
      }
      await this.settle(batch[0]!, { problem: error.problem })
      return
    }
    const byId = new Map(answers.map((answer) => [answer.id, answer]))
    for (const item of batch) {
      const answer = byId.get(item.id)
      if (answer) await this.settle(item, { problem: answer.outcome === 'refused' ? (answer.problem ?? undefined) : undefined, refused: answer.outcome === 'refused' })
    }
  }

  private envelopeOf(item: Item): CommandEnvelope {
    return envelope({
      id: item.id,
      ledger: item.ledger,
      kind: item.kind,
      body: item.body ?? {},
      device: this.device,
      occurred_at: item.occurred_at,
    })
  }

  private async settle(item: Item, how: { problem?: Problem; refused?: boolean }): Promise<void> {
    const refused = how.refused || how.problem !== undefined
    const settled: Item = {
      ...item,
      state: refused ? 'refused' : 'sent',
      problem: how.problem,
      answered_at: this.now().toISOString(),
    }
    if (!refused) delete settled.body
    await this.shelf.put(settled)
    this.changed()
  }
}

/** Whether sending the same again would be refused again. */
function isLasting(problem: Problem): boolean {
  return [400, 404, 409, 413, 415, 422].includes(problem.status)
}
