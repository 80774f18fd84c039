/** What waits is sent exactly once, whatever happens to the line. */
import { beforeEach, describe, expect, it } from 'vitest'
import { NetworkLost, problemOf, Refused } from '@/api/problems'
import type { Wire } from '@/api/client'
import { Queue, type Item, type Shelf } from '@/outbox/queue'

/** A server that answers an id once and for all, and counts what it really did. */
class Server {
  readonly done: string[] = []
  readonly received: string[][] = []
  online = true
  losesAnswer = false
  refuses = new Set<string>()
  breaks = new Set<string>()

  send = async (commands: Wire['CommandEnvelope'][]): Promise<Wire['CommandAnswer'][]> => {
    if (!this.online) throw new NetworkLost()
    this.received.push(commands.map((command) => command.id))
    if (commands.some((command) => this.breaks.has(command.id))) throw new Refused(problemOf(null, 400))
    const answers = commands.map((command) => this.answer(command))
    if (this.losesAnswer) {
      this.losesAnswer = false
      throw new NetworkLost()
    }
    return answers
  }

  private answer(command: Wire['CommandEnvelope']): Wire['CommandAnswer'] {
    const repeated = this.done.includes(command.id)
    const refused = this.refuses.has(command.id)
    if (!repeated && !refused) this.done.push(command.id)
    return { id: command.id, outcome: refused ? 'refused' : 'done', repeated, facts: [], things: [], ...(refused ? { problem: problemOf(null, 409) } : {}) }
  }
}

function shelfOf(items: Map<string, Item>): Shelf {
  return {
    all: async () => [...items.values()].map((item) => ({ ...item })),
    put: async (item) => void items.set(item.id, { ...item }),
    remove: async (id) => void items.delete(id),
  }
}

let items: Map<string, Item>
let server: Server
let queue: Queue
let clock: number
/** Tabs of one browser share the shelf and take turns. */
let turn: Promise<void>
const alone = (task: () => Promise<void>) => (turn = turn.then(task))

function tab(): Queue {
  return new Queue(shelfOf(items), server.send, alone, 'web-1', () => {}, () => new Date((clock += 1000)))
}
function command(id: string, account = 'grid-1') {
  return { id, account, ledger: 'l', kind: 'record_submission' as const, body: { submission: id }, occurred_at: '2026-11-23T10:00:00Z', title: { zh: '走访', en: 'Visit' }, place: '' }
}
const states = () => Object.fromEntries([...items.values()].map((item) => [item.id, item.state]))

beforeEach(() => {
  items = new Map()
  server = new Server()
  clock = Date.parse('2026-11-23T10:00:00Z')
  turn = Promise.resolve()
  queue = tab()
})

describe('the outbox', () => {
  it('keeps what cannot be sent, and sends it once when the network is back', async () => {
    server.online = false
    await queue.add(command('a'))
    await queue.flush('grid-1')
    expect(states()).toEqual({ a: 'waiting' })
    server.online = true
    await queue.flush('grid-1')
    await queue.flush('grid-1')
    expect(states()).toEqual({ a: 'sent' })
    expect(server.received).toEqual([['a']])
  })

  it('sends again under the same id when the answer was lost', async () => {
    await queue.add(command('a'))
    server.losesAnswer = true
    await queue.flush('grid-1')
    expect(states()).toEqual({ a: 'waiting' })
    await queue.flush('grid-1')
    expect(states()).toEqual({ a: 'sent' })
    expect(server.received).toEqual([['a'], ['a']])
    expect(server.done).toEqual(['a'])
  })

  it('sends in the order in which things were written down', async () => {
    for (const id of ['a', 'b', 'c']) await queue.add(command(id))
    await queue.flush('grid-1')
    expect(server.done).toEqual(['a', 'b', 'c'])
  })

  it('keeps the same id only once', async () => {
    await queue.add(command('a'))
    await queue.add(command('a'))
    expect(items.size).toBe(1)
  })

  it('sends once when two tabs and two calls flush at the same time', async () => {
    for (const id of ['a', 'b']) await queue.add(command(id))
    const other = tab()
    await Promise.all([queue.flush('grid-1'), queue.flush('grid-1'), other.flush('grid-1')])
    expect(server.received).toEqual([['a', 'b']])
  })

  it('tells a refusal in words and goes on', async () => {
    for (const id of ['a', 'b']) await queue.add(command(id))
    server.refuses.add('a')
    await queue.flush('grid-1')
    expect(states()).toEqual({ a: 'refused', b: 'sent' })
    expect(items.get('a')?.problem?.words.zh).toBeTruthy()
  })

  it('does not let one bad command hold up the others', async () => {
    for (const id of ['a', 'b', 'c']) await queue.add(command(id))
    server.breaks.add('b')
    await queue.flush('grid-1')
    expect(states()).toEqual({ a: 'sent', b: 'refused', c: 'sent' })
    expect(server.done).toEqual(['a', 'c'])
  })

  it('waits when the session is over, and loses nothing', async () => {
    await queue.add(command('a'))
    const closed = new Queue(shelfOf(items), async () => { throw new Refused(problemOf(null, 401)) }, alone, 'web-1', () => {})
    await closed.flush('grid-1')
    expect(states()).toEqual({ a: 'waiting' })
  })

  it('never sends what belongs to somebody else', async () => {
    await queue.add(command('a', 'grid-2'))
    await queue.flush('grid-1')
    expect(server.received).toEqual([])
    expect(await queue.all('grid-1')).toEqual([])
  })

  it('sends many in pages', async () => {
    for (let i = 0; i < 120; i++) await queue.add(command(`c-${i}`))
    await queue.flush('grid-1')
    expect(server.received.map((page) => page.length)).toEqual([50, 50, 20])
    expect(server.done.length).toBe(120)
  })

  it('keeps no answers of people on the device once they are sent', async () => {
    await queue.add(command('a'))
    await queue.flush('grid-1')
    expect(items.get('a')).not.toHaveProperty('body')
  })

  it('sends what was refused again under a new id, once somebody says so', async () => {
    await queue.add(command('a'))
    server.refuses.add('a')
    await queue.flush('grid-1')
    await queue.flush('grid-1')
    expect(server.received).toEqual([['a']])
    await queue.again('a', 'b')
    await queue.flush('grid-1')
    expect(states()).toEqual({ b: 'sent' })
    expect(server.received).toEqual([['a'], ['b']])
  })

  it('does not send again what has arrived', async () => {
    await queue.add(command('a'))
    await queue.flush('grid-1')
    await queue.again('a', 'b')
    await queue.flush('grid-1')
    expect(server.received).toEqual([['a']])
  })

  it('lets take back what was not sent yet', async () => {
    await queue.add(command('a'))
    await queue.remove('a')
    await queue.flush('grid-1')
    expect(server.received).toEqual([])
  })
})
