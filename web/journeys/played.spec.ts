/** A street that has lived its sixteen days: LINLI_PLAYED says where it is served. */
import { expect, test } from '@playwright/test'
import { act, becomes, expectAccessible, expectNoOverflow, read } from './people'

interface Task { ledger: string; id: string; kind: string; late: boolean; title: { zh: string; en: string }; why: { zh: string } }
interface Day { today: string; due: Task[]; late: Task[] }
interface View { case: { kind: string; stage: string; assignee_name?: string }; order?: object; actions: { id: string; allowed: boolean; code?: string }[] }
interface Row { ledger: string; id: string; kind: string; stage: string }
interface Kept { cases: Row[]; reads: { reader_name: string }[] }
interface Table { rows: { values: number[] }[] }
interface Modes { active: { mode: string }[]; past: { mode: string }[] }

const where = process.env.LINLI_PLAYED ?? 'http://127.0.0.1:8700'
test.use({ baseURL: where })

/** A day so many days before today, as the deployment counts them. */
const before = (today: string, days: number) => new Date(Date.parse(`${today}T12:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10)

test('the coordinator finds what is late, a mode that has ended by itself and one in force', async ({ page }) => {
  await becomes(page, 'coordinator')
  const day = await read<Day>(page, '/api/day')
  expect(day.late.length).toBeGreaterThan(0)
  expect(day.due.length).toBeGreaterThan(0)
  await page.goto('/')
  await expect(page.locator('[aria-labelledby=day-late] li').first()).toBeVisible()
  await expect(page.locator('[aria-labelledby=day-due] li').first()).toBeVisible()
  await expectAccessible(page, 'my day')

  const modes = await read<Modes>(page, '/api/modes?ledger=qingshi')
  expect([modes.active.length, modes.past.length]).toEqual([1, 1])
  await page.goto('/modes')
  await expect(page.locator('[aria-labelledby=modes-active] article')).toHaveCount(1)
  await expect(page.locator('[aria-labelledby=modes-past]')).toBeVisible()
  await expectAccessible(page, 'modes')
  for (const path of ['/places', '/cases', '/stock']) {
    await page.goto(path)
    await expect(page.getByRole('heading', { level: 1 }), path).toBeVisible()
    await expect(page.locator('.bones'), path).toHaveCount(0)
    await expectNoOverflow(page, path)
    await expectAccessible(page, path)
  }
})

test('every day of the sixteen has its table', async ({ page }) => {
  await becomes(page, 'coordinator')
  const { today } = await read<Day>(page, '/api/day')
  for (let days = 1; days <= 16; days++) {
    const on = before(today, days)
    const table = await read<Table>(page, `/api/tables/everyday.service_daily?place=qingshi&on=${on}`)
    expect(table.rows.some((row) => row.values.some((value) => value > 0)), on).toBe(true)
  }
  await page.goto(`/tables/outbreak.health_daily/?place=qingshi&on=${before(today, 14)}`)
  await expect(page.getByRole('table')).toBeVisible()
  await expectAccessible(page, 'a table of the past')
})

test('a lamp waits for somebody other than its handler, who verifies it', async ({ page }) => {
  await becomes(page, 'lead-huaishu')
  const { due, late } = await read<Day>(page, '/api/day')
  const waiting: string[] = []
  for (const task of [...late, ...due].filter((found) => /等待核查/.test(found.why.zh))) {
    const view = await read<View>(page, `/api/cases/${task.ledger}/${task.id}`)
    if (/小陈/.test(view.case.assignee_name ?? '')) waiting.push(`/cases/${task.ledger}/${task.id}/`)
  }
  expect(waiting.length).toBeGreaterThan(0)
  const address = waiting[0]!

  await becomes(page, 'grid-huaishu-1')
  const own = await read<View>(page, `/api${address.slice(0, -1)}`)
  expect(own.actions.find((action) => action.id === 'verify_case')?.code).toBe('verifier_is_handler')

  await becomes(page, 'lead-huaishu')
  await page.goto(address)
  await act(page, 'verify_case', '去看过，灯都亮了')
  await expect.poll(async () => (await read<View>(page, `/api${address.slice(0, -1)}`)).case.stage).toBe('closed')
})

test('a father looks back on an isolation that waited for his child and ended by itself', async ({ page }) => {
  await becomes(page, 'resident-li')
  const kept = await read<Kept>(page, '/api/kept')
  const fever = kept.cases.find((row) => row.kind === 'outbreak.fever')
  expect(fever?.stage).toBe('closed')
  const address = `/cases/${fever!.ledger}/${fever!.id}/`
  await page.goto(address)
  await expect(page.locator('ol.line')).toContainText(/解除/)
  await expect(page.locator('ol.line')).toContainText(/赵桂英/)
  // What was written about him then is still there for him, and sealed for whoever works here.
  const written = page.locator('ol.line [data-written]')
  await expect(written.filter({ hasText: /同桌吃饭/ })).toHaveCount(1)
  await expect(written.filter({ hasText: /惦记孩子/ })).toHaveCount(1)
  await expectAccessible(page, 'a case with a long history')
  expect((await read<View>(page, `/api${address.slice(0, -1)}`)).order).toBeFalsy()

  await becomes(page, 'clinician')
  await page.goto(address)
  await expect(page.locator('ol.line [data-unread=condition]')).toContainText(/先在上方说明用途/)
  await expect(page.locator('ol.line')).not.toContainText(/惦记孩子/)
})

test('a resident reads who has read about her', async ({ page }) => {
  await becomes(page, 'resident-wang')
  await page.goto('/kept')
  const reads = page.locator('[aria-labelledby=kept-reads]')
  await expect(reads).toContainText(/小陈/)
  await expect(reads).toContainText(/周主任/)
  await expectAccessible(page, 'what is kept')
})
