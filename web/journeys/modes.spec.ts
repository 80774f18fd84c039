/** A mode is looked at before it is declared, and ends by itself. */
import { expect, test } from '@playwright/test'
import { answerAll, becomes, read } from './people'

interface Modes {
  active: { mode: string; level: string; ledger: string }[]
  offered: { mode: string; levels: { id: string }[]; may_declare: boolean }[]
}

test('the coordinator sees what would change, declares a mode, and ends it early', async ({ page }) => {
  await becomes(page, 'coordinator')
  const { home_ledger: ledger } = await read<{ home_ledger: string }>(page, '/api/session')
  const before = await read<Modes>(page, `/api/modes?ledger=${ledger}`)
  const offer = before.offered.find((found) => found.may_declare && !before.active.some((mode) => mode.mode === found.mode))
  expect(offer, 'a mode that is not in force yet').toBeDefined()

  await page.goto('/modes')
  await page.locator(`[data-mode="${offer!.mode}"]`).last().click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/会改变什么|what would change/)
  await expect(page.locator('.grid .card').first()).toBeVisible()
  expect((await read<Modes>(page, `/api/modes?ledger=${ledger}`)).active).toEqual(before.active)

  const form = page.locator('form')
  await answerAll(form, '《突发事件应对法》第四十九条；拨打 12345 可申诉')
  await form.locator('button[type=submit]').click()
  await page.waitForURL(/\/modes\?/)
  await expect.poll(async () => (await read<Modes>(page, `/api/modes?ledger=${ledger}`)).active.map((mode) => mode.mode)).toContain(offer!.mode)
  await expect(page.locator('article.force').first()).toContainText(/自动结束|by itself/)

  const card = page.locator('article.force', { has: page.getByRole('button', { name: /提前结束|End early/ }) }).last()
  await card.getByRole('button', { name: /提前结束|End early/ }).click()
  const dialog = page.getByRole('dialog')
  await answerAll(dialog, '演练结束')
  await dialog.locator('button[type=submit]').click()
  await expect(dialog).toBeHidden()
  await expect.poll(async () => (await read<Modes>(page, `/api/modes?ledger=${ledger}`)).active.length).toBe(before.active.length)
})
