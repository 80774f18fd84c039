/** Filled forms wait like commands do: each arrives once, none holds up another, nothing stays behind. */
import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, it } from 'vitest'
import { NetworkLost, problemOf, Refused } from '@/api/problems'
import type { Wire } from '@/api/client'
import type { RecordOnItsWay } from '@/forms/records'
import { instanceId, languageFor, partsOf, withoutInstants } from '@/forms/record'
import { begunBy, draftKey, readBegun, removeBegun, writeBegun, type Begun } from '@/forms/begun'
import { attachments, drafts, forget, knownShelf } from '@/outbox/shelf'
import { Queue, type Item, type SendRecord, type Shelf } from '@/outbox/queue'

/** A server that takes an instanceID once, however often it comes. */
class Server {
  readonly kept: string[] = []
  readonly received: string[] = []
  online = true
  losesAnswer = false
  /** What it answers to some records, by id: a status, or a refusal in an answer. */
  trouble = new Map<string, number | 'refused'>()

  record: SendRecord = async (item) => {
    if (!this.online) throw new NetworkLost()
    const id = instanceId(item.record.xml)
    this.received.push(id)
    const trouble = this.trouble.get(id)
    if (typeof trouble === 'number') throw trouble === 0 ? new NetworkLost() : new Refused(problemOf(null, trouble))
    const repeated = this.kept.includes(id)
    if (!repeated && trouble !== 'refused') this.kept.push(id)
    if (this.losesAnswer) {
      this.losesAnswer = false
      throw new NetworkLost()
    }
    return { id: item.id, outcome: trouble === 'refused' ? 'refused' : 'done', repeated, facts: [], things: [], ...(trouble ? { problem: problemOf(null, 422) } : {}) }
  }

  commands = async (commands: Wire['CommandEnvelope'][]): Promise<Wire['CommandAnswer'][]> => {
    if (!this.online) throw new NetworkLost()
    this.received.push(commands.map((command) => command.id).join('+'))
    return commands.map((command) => ({ id: command.id, outcome: 'done', repeated: false, facts: [], things: [] }))
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
let clock: number
let turn: Promise<void>
const alone = (task: () => Promise<void>) => (turn = turn.then(task))
const tab = () => new Queue(shelfOf(items), server.commands, alone, 'web-1', () => {}, () => new Date((clock += 1000)), server.record)
const about = { account: 'grid-1', ledger: 'l', kind: 'record_submission' as const, occurred_at: '2026-11-23T10:00:00Z', title: { zh: '走访', en: 'Visit' }, place: '' }
const photo = () => ({ name: '1.jpg', blob: new Blob(['…'], { type: 'image/jpeg' }) })
function record(id: string): Omit<Item, 'state' | 'queued_at'> {
  const record: RecordOnItsWay = { xml: `<data id="f"><meta><orx:instanceID>${id}</orx:instanceID></meta></data>`, files: [photo()], subject: 'household:h1' }
  return { ...about, id, record }
}
const command = (id: string) => ({ ...about, id, body: { submission: id } })
const states = () => Object.fromEntries([...items.values()].map((item) => [item.id, item.state]))

beforeEach(() => {
  items = new Map()
  server = new Server()
  clock = Date.parse('2026-11-23T10:00:00Z')
  turn = Promise.resolve()
})

describe('a record in the outbox', () => {
  it('waits without a network, survives the browser, and arrives once', async () => {
    server.online = false
    await tab().add(record('uuid:a'))
    await tab().flush('grid-1')
    expect(states()).toEqual({ 'uuid:a': 'waiting' })
    expect(items.get('uuid:a')?.record?.files).toHaveLength(1)
    server.online = true
    const afterwards = tab()
    await afterwards.flush('grid-1')
    await afterwards.flush('grid-1')
    expect(states()).toEqual({ 'uuid:a': 'sent' })
    expect(server.received).toEqual(['uuid:a'])
  })

  it('is sent again under the same instanceID when the answer was lost, and kept once', async () => {
    server.losesAnswer = true
    await tab().add(record('uuid:a'))
    await tab().flush('grid-1')
    expect(states()).toEqual({ 'uuid:a': 'waiting' })
    await tab().flush('grid-1')
    expect(server.received).toEqual(['uuid:a', 'uuid:a'])
    expect(server.kept).toEqual(['uuid:a'])
    expect(states()).toEqual({ 'uuid:a': 'sent' })
  })

  it('is put on the shelf once, however often somebody presses', async () => {
    await Promise.all([tab().add(record('uuid:a'))])
    await tab().add(record('uuid:a'))
    expect(items.size).toBe(1)
  })

  it('leaves nothing personal on the device once it is sent', async () => {
    await tab().add(record('uuid:a'))
    await tab().flush('grid-1')
    expect(items.get('uuid:a')).not.toHaveProperty('record')
    expect(JSON.stringify(items.get('uuid:a'))).not.toContain('household')
  })

  it('that is refused tells why, keeps what was written, and holds up none', async () => {
    for (const id of ['uuid:a', 'uuid:b']) await tab().add(record(id))
    server.trouble.set('uuid:a', 'refused')
    await tab().flush('grid-1')
    expect(states()).toEqual({ 'uuid:a': 'refused', 'uuid:b': 'sent' })
    expect(items.get('uuid:a')?.record).toBeTruthy()
    expect(items.get('uuid:a')?.problem?.words.zh).toBeTruthy()
  })

  it('that the server cannot read is refused for good', async () => {
    await tab().add(record('uuid:a'))
    server.trouble.set('uuid:a', 413)
    await tab().flush('grid-1')
    expect(states()).toEqual({ 'uuid:a': 'refused' })
  })

  it('on which the server stumbles waits, and the others go', async () => {
    for (const id of ['uuid:a', 'uuid:b', 'uuid:c']) await tab().add(record(id))
    server.trouble.set('uuid:a', 500)
    await tab().flush('grid-1')
    expect(states()).toEqual({ 'uuid:a': 'waiting', 'uuid:b': 'sent', 'uuid:c': 'sent' })
  })

  it('that never gets through lets the others go first the next time', async () => {
    for (const id of ['uuid:a', 'uuid:b']) await tab().add(record(id))
    // A proxy cuts the line at the same place each time.
    server.trouble.set('uuid:a', 0)
    await tab().flush('grid-1')
    expect(server.received).toEqual(['uuid:a'])
    await tab().flush('grid-1')
    expect(server.received).toEqual(['uuid:a', 'uuid:b', 'uuid:a'])
    expect(states()).toEqual({ 'uuid:a': 'waiting', 'uuid:b': 'sent' })
  })

  it('waits when the session is over', async () => {
    await tab().add(record('uuid:a'))
    server.trouble.set('uuid:a', 401)
    await tab().flush('grid-1')
    expect(states()).toEqual({ 'uuid:a': 'waiting' })
  })

  it('goes by itself, between the commands before and after it', async () => {
    const queue = tab()
    await queue.add(command('1'))
    await queue.add(command('2'))
    await queue.add(record('uuid:a'))
    await queue.add(command('3'))
    await queue.flush('grid-1')
    expect(server.received).toEqual(['1+2', 'uuid:a', '3'])
  })

  it('that was taken back while others were sent is not sent', async () => {
    const queue = tab()
    for (const id of ['uuid:a', 'uuid:b']) await queue.add(record(id))
    const send = server.record
    server.record = async (item, device) => {
      await queue.remove('uuid:b')
      return send(item, device)
    }
    await tab().flush('grid-1')
    expect(server.received).toEqual(['uuid:a'])
    expect(states()).toEqual({ 'uuid:a': 'sent' })
  })

  it('goes once when two tabs send at the same time', async () => {
    await tab().add(record('uuid:a'))
    await Promise.all([tab().flush('grid-1'), tab().flush('grid-1')])
    expect(server.received).toEqual(['uuid:a'])
  })

  it('that was refused is sent again with the id that it has in itself', async () => {
    await tab().add(record('uuid:a'))
    server.trouble.set('uuid:a', 'refused')
    await tab().flush('grid-1')
    server.trouble.clear()
    await tab().again('uuid:a', 'another')
    await tab().flush('grid-1')
    expect(states()).toEqual({ another: 'sent' })
    expect(server.kept).toEqual(['uuid:a'])
  })
})

describe('a record', () => {
  it('has its id, wherever the namespace stands', () => {
    expect(instanceId('<data><meta><instanceID>uuid:1</instanceID></meta></data>')).toBe('uuid:1')
    expect(instanceId('<data><orx:meta xmlns:orx="http://openrosa.org/xforms"><orx:instanceID> uuid:2 </orx:instanceID></orx:meta></data>')).toBe('uuid:2')
    expect(() => instanceId('<data/>')).toThrow()
  })

  it('comes apart into its XML and what is attached', async () => {
    const data = new FormData()
    data.set('xml_submission_file', new File(['<data/>'], 'xml_submission_file'))
    data.set('1.jpg', new File(['…'], '1.jpg', { type: 'image/jpeg' }))
    const { xml, files } = await partsOf(data)
    expect(xml).toBe('<data/>')
    expect(files.map((file) => file.name)).toEqual(['1.jpg'])
  })

  it('is the same while nobody answers, though the form writes the time', () => {
    const at = (time: string) => `<data><end>${time}</end><on>2026-11-23</on></data>`
    expect(withoutInstants(at('2026-11-23T10:00:00.123+08:00'))).toBe(withoutInstants(at('2026-11-23T10:00:05Z')))
    expect(withoutInstants(at('2026-11-23T10:00:00Z'))).toContain('2026-11-23')
  })

  it('is shown in the language that is read, by whatever name the form calls it', () => {
    const languages = ['default', 'English (en)', '中文 (zh)'].map((language) => ({ language }))
    expect(languageFor(languages, 'en')?.language).toBe('English (en)')
    expect(languageFor(languages, 'zh-Hans')?.language).toBe('中文 (zh)')
    expect(languageFor([{ language: 'Français (fr)' }], 'en')).toBeUndefined()
    expect(languageFor([{ language: 'Chinese (zh-Hans)' }], 'zh-Hans')?.language).toBe('Chinese (zh-Hans)')
  })
})

describe('a draft', () => {
  const begun = (xml: string, files = [photo()], at = '2026-11-23T10:00:00Z'): Begun => ({
    record: { xml, files }, known: [], at, about: '101', to: { form: 'f' },
    form: { id: 'f', version: '1', hash: '1', name: { zh: '表', en: 'Form' }, about: { zh: '', en: '' }, subject: 'household', source: 'published', may_fill: true, may_be_known: false, media: [] },
  })
  const key = draftKey('grid-1', ['l', 'f', 'household:h1', ''])
  beforeEach(() => forget())

  it('keeps answers and photographs as they were last', async () => {
    await writeBegun(key, begun('<data><a>1</a></data>'))
    await writeBegun(key, begun('<data><a>2</a></data>', [photo(), { name: '2.jpg', blob: new Blob(['!']) }]))
    const kept = await readBegun(key)
    expect(kept?.record.xml).toContain('<a>2</a>')
    expect(kept?.record.files.map((file) => file.name)).toEqual(['1.jpg', '2.jpg'])
  })

  it('writes a photograph once, and lets go of one that was taken away', async () => {
    await writeBegun(key, begun('<data/>'))
    expect(await attachments.keys()).toEqual([`${key} / 1.jpg`])
    await writeBegun(key, begun('<data/>', []))
    expect(await attachments.keys()).toEqual([])
    expect((await readBegun(key))?.record.files).toEqual([])
  })

  it('goes with all that belongs to it, and touches no other', async () => {
    const other = draftKey('grid-1', ['l', 'f', 'household:h11', ''])
    await writeBegun(key, begun('<data/>'))
    await writeBegun(other, begun('<other/>'))
    await removeBegun(key)
    expect(await readBegun(key)).toBeUndefined()
    expect((await readBegun(other))?.record.files).toHaveLength(1)
  })

  it('is listed for whoever began it, the latest first', async () => {
    await writeBegun(key, begun('<data/>', [], '2026-11-23T10:00:00Z'))
    await writeBegun(draftKey('grid-1', ['l', 'g']), begun('<data/>', [], '2026-11-24T10:00:00Z'))
    await writeBegun(draftKey('grid-11', ['l', 'g']), begun('<data/>', []))
    await drafts.write('grid-1 l plain', { note: 'an answer to plain questions' })
    expect((await begunBy('grid-1')).map((one) => one.begun.at)).toEqual(['2026-11-24T10:00:00Z', '2026-11-23T10:00:00Z'])
  })

  it('goes with whoever signs out, and so does what was known', async () => {
    await writeBegun(key, begun('<data/>'))
    await knownShelf.write(key, [{ path: '/data/a', value: '1' }])
    await forget()
    expect(await readBegun(key)).toBeUndefined()
    expect(await attachments.keys()).toEqual([])
    expect(await knownShelf.read(key)).toBeUndefined()
  })
})
