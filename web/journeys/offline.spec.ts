/** A form of a pack is filled in a cellar, waits on the phone, and arrives once. */
import { expect, test } from '@playwright/test'
import { becomes, fillForm, keepsForms, read, sendForm } from './people'

interface Offers { forms: { id: string; source: string; subject: string }[] }

test('what is filled without a network arrives once when it is back', async ({ page, context }) => {
  test.setTimeout(120_000)
  await page.setViewportSize({ width: 390, height: 844 })
  await becomes(page, 'grid-huaishu-1')
  const { home_ledger: ledger } = await read<{ home_ledger: string }>(page, '/api/session')
  const { forms } = await read<Offers>(page, `/api/forms?ledger=${ledger}`)
  const form = forms.find((found) => found.source === 'pack' && found.subject === 'place')!
  const sent: string[] = []
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().includes('/api/submissions')) sent.push(request.url())
  })
  await keepsForms(page)

  await context.setOffline(true)
  await page.goto(`/forms/fill?ledger=${ledger}&form=${form.id}`)
  await fillForm(page, [[/不亮的灯/, '2']])
  await sendForm(page)
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
  expect(sent).toHaveLength(1)
})
