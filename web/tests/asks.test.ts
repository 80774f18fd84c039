/** What the app asks becomes the commands that the server knows. */
import { describe, expect, it } from 'vitest'
import type { Wire } from '@/api/client'
import { askGrant, askRevoke, matching } from '@/accounts/asks'
import { askAdd, levelsBelow, namesOf } from '@/places/asks'
import { sizeOf } from '@/roster/upload'
import { askCount, askHold, askMove, askOpen, holdHours } from '@/stock/asks'

const say = (key: string) => key
const tell = (words: Wire['Words']) => words.zh
const words = (zh: string) => ({ zh, en: zh })
const pool = { ledger: 'l', id: 'p', name: '客房', unit: words('间'), total: 4, free: 2 } as Wire['PoolView']
const account = { id: 'chen', name: '小陈', roles: [{ id: 'grid_worker', name: words('网格员'), place: '槐树社区', place_id: 'huaishu' }] } as Wire['AccountView']

describe('stock', () => {
  it('is set up and counted in one go', () => {
    const commands = askOpen('l', [], say).commands({ sort: 'x.room', name: '驿站', amount: 3 })
    expect(commands.map((command) => command.kind)).toEqual(['open_pool', 'add_stock'])
    expect(commands[0]!.body.pool).toBe(commands[1]!.body.pool)
  })

  it('is held no longer than its sort allows', () => {
    const sort = { id: 's', name: words('房'), unit: words('间'), hold_minutes_max: 240 }
    expect(holdHours(sort)).toEqual([1, 2, 4])
    expect(holdHours({ ...sort, hold_minutes_max: 30 })).toEqual([0.5])
    expect(askHold(pool, sort, say, tell).commands({ amount: 1, minutes: '120' })[0]!.body).toMatchObject({ pool: 'p', amount: 1, minutes: 120 })
  })

  it('is taken, given back and counted with a reason', () => {
    const hold = { id: 'h', amount: 1, taken: false } as Wire['HoldView']
    expect(askMove(pool, hold, 'take_hold', say, tell).title).toBe('stock.takeOf')
    expect(askMove(pool, hold, 'return_hold', say, tell).title).toBe('stock.releaseOf')
    expect(askMove(pool, { ...hold, taken: true }, 'return_hold', say, tell).title).toBe('stock.giveBackOf')
    expect(askCount(pool, say, tell).commands({ amount: -2, reason: '少了' })[0]!.body).toEqual({ pool: 'p', amount: -2, reason: '少了' })
  })
})

describe('roles', () => {
  it('are taken back only with a reason, and look like harm', () => {
    const ask = askRevoke(account, account.roles[0]!, '槐树社区', say, tell)
    expect([ask.harms, ask.fields[0]!.required]).toEqual([true, true])
    expect(ask.commands({ reason: '调岗' })[0]).toMatchObject({ ledger: 'root', kind: 'revoke_role', body: { account: 'chen', role: 'grid_worker', place: 'huaishu', reason: '调岗' } })
  })

  it('are given until the end of a day, or until they are taken back', () => {
    const ask = askGrant(account, [], [], say)
    expect(ask.commands({ role: 'r', place: 'p' })[0]!.body).toEqual({ account: 'chen', role: 'r', place: 'p' })
    expect(new Date(String(ask.commands({ role: 'r', place: 'p', until: '2026-12-01' })[0]!.body.until)).getSeconds()).toBe(59)
  })

  it('are found by name, role or place', () => {
    expect(matching([account], '网格', tell)).toHaveLength(1)
    expect(matching([account], ' 槐树 ', tell)).toHaveLength(1)
    expect(matching([account], '河湾', tell)).toHaveLength(0)
  })
})

describe('places', () => {
  it('are added several at once, none twice', () => {
    expect(namesOf('1栋\n 2栋 \n\n1栋；3栋')).toEqual(['1栋', '2栋', '3栋'])
    const place = { id: 'g1', ledger: 'l', level: 'grid', name: '第1网格' } as Wire['PlaceView']
    const [command] = askAdd(place, say).commands({ level: 'building', names: '1栋\n2栋' })
    expect(command!.body).toMatchObject({ parent: 'g1', places: [{ name: '1栋', level: 'building' }, { name: '2栋', level: 'building' }] })
  })

  it('are not added where what is below has an office of its own', () => {
    expect([levelsBelow('city'), levelsBelow('building')]).toEqual([[], ['stairwell']])
  })
})

describe('a file', () => {
  it('has a size as people say it', () => {
    expect([sizeOf(12_300, 'en'), sizeOf(2_500_000, 'zh-Hans')]).toEqual(['12.3 KB', '2.5 MB'])
  })
})
