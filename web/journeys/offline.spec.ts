/** A form is filled in a cellar, waits on the phone, and arrives once. */
import { expect, test } from '@playwright/test'
import { answerAll, becomes, read } from './people'

interface Kinds { forms: { id: string; subject: string; may_fill: boolean }[] }

test('what is filled without a network arrives once when it is back', async ({ page, context }) => {
  test.setTimeout(90_000)
  await page.setViewportSize({ width: 390, height: 844 })
  await becomes(page, 'grid-huaishu-1')
  const { home_ledger: ledger } = await read<{ home_ledger: string }>(page, '/api/session')
  const { forms } = await read<Kinds>(page, `/api/kinds?ledger=${ledger}`)
  const form = forms.find((found) => found.may_fill && found.subject === 'place') ?? forms.find((found) => found.may_fill && found.subject === 'household') ?? forms.find((found) => found.may_fill)!
  const sent: string[] = []
  page.on('request', (request) => {
    if (request.url().endsWith('/api/commands')) sent.push(request.postData() ?? '')
  })

  await page.goto('/')
  await page.evaluate(() => navigator.serviceWorker.ready)
  const address = `/forms/fill?ledger=${ledger}&form=${form.id}`
  await page.goto(address)
  await expect(page.locator('form.card')).toBeVisible()
  if (form.subject !== 'place') {
    await page.locator('.pick').click()
    await page.getByRole('dialog').locator('.choice').first().click()
    if (form.subject === 'person') await page.getByRole('dialog').locator('.choice').first().click()
    await expect(page.getByRole('dialog')).toBeHidden()
  }

  await context.setOffline(true)
  await answerAll(page.locator('form.card'), '楼道里很暗')
  await page.locator('form.card button[type=submit]').click()
  await expect(page.getByTestId('outcome')).toContainText(/联网后自动发出|when the network is back/)
  await page.goto('/outbox')
  await expect(page.locator('[data-state=waiting]')).toHaveCount(1)
  await expect(page.locator('.banner')).toBeVisible()
  // The app itself opens without a network, too.
  await page.reload()
  await expect(page.locator('[data-state=waiting]')).toHaveCount(1)
  sent.length = 0

  await context.setOffline(false)
  await expect(page.locator('[data-state=sent]')).toHaveCount(1, { timeout: 30_000 })
  await expect(page.locator('[data-state=waiting]')).toHaveCount(0)
  await page.reload()
  await expect(page.locator('[data-state=sent]')).toHaveCount(1)
  const ids = sent.flatMap((body) => (JSON.parse(body) as { commands: { id: string }[] }).commands.map((command) => command.id))
  expect(ids).toHaveLength(1)
})
