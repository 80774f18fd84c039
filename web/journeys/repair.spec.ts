/** A resident asks, somebody mends, somebody else verifies, the resident rates; all see the same. */
import { expect, test } from '@playwright/test'
import { act, answerAll, becomes, read, signInAs } from './people'

interface Kind { id: string; may_open: boolean; emergency: boolean }
interface View { case: { stage: string }; actions: { id: string; command: string; allowed: boolean }[]; timeline: unknown[]; rating?: { satisfied: number } }

test('a repair goes from the first word to the rating', async ({ page }) => {
  test.setTimeout(120_000)
  await signInAs(page, 'resident-wang')
  const { home_ledger: ledger } = await read<{ home_ledger: string }>(page, '/api/session')
  const { kinds } = await read<{ kinds: Kind[] }>(page, `/api/kinds?ledger=${ledger}`)
  const kind = kinds.find((found) => found.may_open && /\.repair$/.test(found.id)) ?? kinds.find((found) => found.may_open && !found.emergency)!

  await page.goto('/cases/new')
  await page.locator(`[data-kind="${kind.id}"]`).click()
  const form = page.locator('form.card')
  await answerAll(form, '三楼的门关不上了，风很大')
  await form.locator('button[type=submit]').click()
  await page.waitForURL(/\/cases\/[^/]+\/[0-9a-f-]{36}\/$/)
  const address = new URL(page.url()).pathname
  const api = `/api${address.slice(0, -1)}`
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()

  await becomes(page, 'grid-huaishu-1')
  await page.goto(address)
  for (let step = 0; step < 4; step++) {
    const now = await read<View>(page, api)
    if (now.case.stage === 'claimed') break
    const wanted = ['claim', 'begin', 'accept'].find((id) => now.actions.some((action) => action.id === id && action.allowed))
    expect(wanted, JSON.stringify(now.actions)).toBeTruthy()
    await act(page, wanted!, '换了合页，门能关上了')
    await expect.poll(async () => (await read<View>(page, api)).timeline.length).toBeGreaterThan(now.timeline.length)
  }
  // Who has handled it may not verify it, and the page says so in words.
  const own = page.locator('.refused', { hasText: /核查|Verify/ })
  await expect(own.getByRole('button')).toBeDisabled()
  await expect(own).toContainText(/核查人不能是办理人|verifier must not be the handler/)

  await becomes(page, 'lead-huaishu')
  await page.goto(address)
  await act(page, 'verify_case', '去看过了，门关得上')
  await expect.poll(async () => (await read<View>(page, api)).case.stage).toBe('closed')
  const seen = await page.locator('ol.line > li').count()

  await becomes(page, 'resident-wang')
  await page.goto(address)
  await expect(page.locator('ol.line > li')).toHaveCount(seen)
  await act(page, 'rate_case')
  await expect.poll(async () => (await read<View>(page, api)).rating?.satisfied).toBe(1)
})

test('a page follows what others do without being reloaded', async ({ page, browser }) => {
  await becomes(page, 'grid-huaishu-1')
  const { cases } = await read<{ cases: { ledger: string; id: string }[] }>(page, '/api/cases?stage=open&limit=50')
  const noted: { ledger: string; id: string } | undefined = await (async () => {
    for (const row of cases) {
      const { actions } = await read<View>(page, `/api/cases/${row.ledger}/${row.id}`)
      if (actions.some((action) => action.id === 'note_case' && action.allowed)) return row
    }
    return undefined
  })()
  expect(noted).toBeTruthy()
  const address = `/cases/${noted!.ledger}/${noted!.id}/`
  await page.goto(address)
  const lines = page.locator('ol.line > li')
  await expect(lines.first()).toBeVisible()
  const before = await lines.count()

  const other = await browser.newPage()
  await becomes(other, 'lead-huaishu')
  await other.goto(address)
  const more = other.getByRole('button', { name: /其他操作|Other actions/ })
  if (!(await other.locator('[data-action=note_case]').isVisible())) await more.click()
  await act(other, 'note_case', '我也去看看')
  await other.close()
  await expect(lines).toHaveCount(before + 1)
})
