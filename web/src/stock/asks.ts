/** What is asked before stock is set up, counted, held, taken or given back. */
import { newId } from '@/api/commands'
import type { Wire } from '@/api/client'
import type { Ask } from '@/forms/ask'
import { question } from '@/forms/question'

type Pool = Wire['PoolView']
type Sort = Wire['SortView']
type Say = (key: string, details?: Record<string, unknown>) => string
type Tell = (words: Wire['Words']) => string

/** Hours that may be chosen for a hold: no more than the sort allows. */
export function holdHours(sort: Sort | undefined): number[] {
  const most = (sort?.hold_minutes_max ?? 240) / 60
  const offered = [1, 2, 4, 8, 12, 24, 48].filter((hours) => hours <= most)
  return offered.length ? offered : [most]
}

export function askOpen(ledger: string, sorts: readonly Sort[], t: Say): Ask {
  const pool = newId()
  return {
    title: t('stock.open'), lead: t('stock.openLead'), label: t('stock.open'), ledger, done: t('stock.opened'),
    fields: [
      question('sort', '种类', 'Sort', 'choice', { choices: sorts.map((sort) => ({ id: sort.id, name: { zh: `${sort.name.zh}（${sort.unit.zh}）`, en: `${sort.name.en} (${sort.unit.en})` } })) }),
      question('name', '名称', 'Name', 'text', { hint: { zh: '大家怎么叫它，例如“康宁驿站”。', en: 'As people call it, such as "Kangning lodge".' } }),
      question('amount', '现有数量', 'How much there is now', 'whole', { least: 1 }),
    ],
    commands: ({ sort, name, amount }) => [
      { ledger, kind: 'open_pool', body: { pool, sort, name } },
      { ledger, kind: 'add_stock', body: { pool, amount, reason: t('stock.firstCount') } },
    ],
  }
}

export function askCount(pool: Pool, t: Say, w: Tell): Ask {
  return {
    title: t('stock.countOf', { name: pool.name }), lead: t('stock.countLead', { total: pool.total, unit: w(pool.unit) }), label: t('stock.count'), ledger: pool.ledger, done: t('stock.counted'),
    fields: [
      question('amount', '多了或少了多少', 'How much more or less', 'whole', { hint: { zh: '入库写正数，盘亏写负数，例如 -2。', en: 'A positive number for what came in, a negative one for what is missing, such as -2.' } }),
      question('reason', '原因', 'Reason', 'text'),
    ],
    commands: ({ amount, reason }) => [{ ledger: pool.ledger, kind: 'add_stock', body: { pool: pool.id, amount, reason } }],
  }
}

export function askHold(pool: Pool, sort: Sort | undefined, t: Say, w: Tell): Ask {
  const hold = newId()
  const choices = holdHours(sort).map((hours) => ({ id: String(hours * 60), name: { zh: `${hours} 小时`, en: hours === 1 ? '1 hour' : `${hours} hours` } }))
  return {
    title: t('stock.holdOf', { name: pool.name }), lead: t('stock.holdLead', { free: pool.free, unit: w(pool.unit) }), label: t('stock.hold'), ledger: pool.ledger, done: t('stock.heldNow'),
    fields: [
      question('amount', '数量', 'How much', 'whole', { least: 1 }),
      question('minutes', '留多久', 'For how long', 'choice', { choices, hint: { zh: '到时没有取走就自动放回。', en: 'What is not taken by then is free again by itself.' } }),
    ],
    draft: { amount: '1', minutes: choices.at(-1)!.id },
    commands: ({ amount, minutes }) => [{ ledger: pool.ledger, kind: 'hold_stock', body: { pool: pool.id, hold, amount, minutes: Number(minutes) } }],
  }
}

/** Taking and giving back: one press, with a question where others see less free afterwards. */
export function askMove(pool: Pool, hold: Wire['HoldView'], kind: 'take_hold' | 'return_hold', t: Say, w: Tell): Ask {
  const details = { name: pool.name, amount: hold.amount, unit: w(pool.unit) }
  const word = kind === 'take_hold' ? 'take' : hold.taken ? 'giveBack' : 'release'
  return {
    title: t(`stock.${word}Of`, details), lead: t(`stock.${word}Lead`, details), label: t(`stock.${word}`), ledger: pool.ledger, done: t(`stock.${word}Done`), fields: [],
    commands: () => [{ ledger: pool.ledger, kind, body: { pool: pool.id, hold: hold.id } }],
  }
}
