/** A person sees what is kept about them, and who read it. */
import { expect, test } from '@playwright/test'
import { becomes, read } from './people'

interface Kept { ledger: string; household: string; person: { id: string; name: string | null }; reads: unknown[] }
interface Household { sealed: boolean; people: { name: string | null }[] }

test('whoever reads a name is seen by the person whose name it is', async ({ page }) => {
  await becomes(page, 'resident-wang')
  const kept = await read<Kept>(page, '/api/kept')
  const address = `/households/${kept.ledger}/${kept.household}/`

  await becomes(page, 'grid-huaishu-1')
  expect((await read<Household>(page, `/api${address.slice(0, -1)}`)).sealed).toBe(true)
  await page.goto(address)
  await expect(page.getByText(/个人信息已封存|Personal data are sealed/)).toBeVisible()
  await expect(page.getByText(kept.person.name!, { exact: true })).toHaveCount(0)
  await page.getByRole('combobox').click()
  await page.getByRole('option', { name: /居民登记|Keeping the register/ }).click()
  await page.getByRole('button', { name: /^(查阅|Read)$/ }).click()
  await expect(page.getByRole('heading', { name: kept.person.name! })).toBeVisible()

  await becomes(page, 'resident-wang')
  await page.goto('/kept')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(page.getByText(kept.person.name!).first()).toBeVisible()
  await expect(page.locator('[aria-labelledby=kept-reads] li').first()).toContainText(/小陈|Grid worker|网格员/)
})
