/** Commands and records that wait for the network: kept in order, sent exactly once, answered in words. */
import { envelope, type Command, type CommandEnvelope } from '@/api/commands'
import { NetworkLost, Refused, type Problem } from '@/api/problems'
import type { Wire, Words } from '@/api/client'
import type { RecordOnItsWay } from '@/forms/records'

export type ItemState = 'waiting' | 'sent' | 'refused'

/** A command or a record on its way, with what the person needs to know it again. */
export interface Item {
  id: string
  /** Whose it is: nobody else's session sends it. */
  account: string
  ledger: string
  kind: Command['kind']
  /** Gone once it is sent: a phone keeps no personal data longer than it must. */
  body?: Record<string, unknown>
  /** A filled form with its photographs, sent by itself; gone like a body once it is sent. */
  record?: RecordOnItsWay
  /** How often it was begun to be sent: what does not get through lets the others go first. */
  tries?: number
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

/** Sends one record; the server takes its instanceID once, however often it comes. */
export type SendRecord = (item: Item & { record: RecordOnItsWay }, device: string) => Promise<Wire['CommandAnswer']>

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
    private readonly sendRecord: SendRecord = () => Promise.reject(new NetworkLost()),
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
    if (item?.state !== 'refused' || !(item.body || item.record)) return
    await this.shelf.put({ ...item, id: newId, state: 'waiting', problem: undefined, answered_at: undefined, tries: undefined, queued_at: this.now().toISOString() })
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
    waiting.sort((a, b) => (a.tries ?? 0) - (b.tries ?? 0))
    for (const batch of batches(waiting)) {
      try {
        if (isRecord(batch[0]!)) await this.deliverRecord(batch[0])
        else await this.deliver(batch)
      } catch (error) {
        if (error instanceof NetworkLost) return
        if (!(error instanceof Refused)) throw error
        // The server is in trouble with this one record, or with everything: the next one will tell.
        if (!isRecord(batch[0]!) || error.problem.status < 500) return
      }
    }
  }

  private async deliverRecord(item: Item & { record: RecordOnItsWay }): Promise<void> {
    // It may have been taken back while others were sent.
    if (!(await this.shelf.all()).some((other) => other.id === item.id && other.state === 'waiting')) return
    await this.shelf.put({ ...item, tries: (item.tries ?? 0) + 1 })
    try {
      const answer = await this.sendRecord(item, this.device)
      await this.settle(item, { problem: answer.outcome === 'refused' ? (answer.problem ?? undefined) : undefined, refused: answer.outcome === 'refused' })
    } catch (error) {
      if (!(error instanceof Refused) || !isLasting(error.problem)) throw error
      await this.settle(item, { problem: error.problem })
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
    if (!refused) {
      delete settled.body
      delete settled.record
    }
    await this.shelf.put(settled)
    this.changed()
  }
}

function isRecord(item: Item): item is Item & { record: RecordOnItsWay } {
  return item.record !== undefined
}

/** What is sent together: commands in a row by the page, each record by itself. */
function batches(waiting: readonly Item[]): Item[][] {
  const found: Item[][] = []
  for (const item of waiting) {
    const last = found.at(-1)
    if (last && !isRecord(item) && !isRecord(last[0]!) && last.length < BATCH) last.push(item)
    else found.push([item])
  }
  return found
}

/** Whether sending the same again would be refused again. */
function isLasting(problem: Problem): boolean {
  return [400, 404, 409, 413, 415, 422].includes(problem.status)
}
