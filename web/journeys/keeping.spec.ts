/** Those who keep a street in order: rosters, roles, places, stock, and the keys of a keyboard. */
import { expect, test } from '@playwright/test'
import { answer, becomes, expectAccessible, read } from './people'

interface Place { children: { id: string; name: string }[] }
interface Stock { pools: { id: string; free: number; held: number; taken: number; total: number }[] }

const COMMUNITY = 'huaishu'

test('a roster lands, its bad rows come back as a workbook, and again changes nothing', async ({ page }) => {
  await becomes(page, 'lead-huaishu')
  await page.goto('/roster')
  await expectAccessible(page, 'before a roster')
  const door = `9${String(Date.now()).slice(-3)}`
  const rows = ['网格,楼栋,门牌,姓名,出生年份', `第1网格,新建楼,${door},周小禾,1990`, `第1网格,新建楼,${door},周小满,2300`].join('\n')
  const file = { name: '名册.csv', mimeType: 'text/csv', buffer: Buffer.from(`\ufeff${rows}`) }
  await page.locator('input[type=file]').setInputFiles(file)
  await page.locator('button[type=submit]').click()
  const figures = page.locator('.tiles dd')
  await expect(figures).toHaveText(['1', '0', '1'])
  await expectAccessible(page, 'after a roster')
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /退回的行|returned rows/ }).click()])
  expect(download.suggestedFilename()).toMatch(/\.xlsx$/)

  await page.locator('input[type=file]').setInputFiles(file)
  await page.locator('button[type=submit]').click()
  await expect(figures).toHaveText(['0', '1', '1'])
})

test('a file that is no roster is refused in words', async ({ page }) => {
  await becomes(page, 'lead-huaishu')
  await page.goto('/roster')
  await page.locator('input[type=file]').setInputFiles({ name: '照片.xlsx', mimeType: 'application/octet-stream', buffer: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]) })
  await page.locator('button[type=submit]').click()
  await expect(page.getByRole('alert')).toContainText(/[\u4e00-\u9fff]/)
  await expect(page.locator('.tiles')).toHaveCount(0)
})

test('the operator gives a role and takes it back, with a question and a reason', async ({ page }) => {
  await becomes(page, 'operator')
  await page.goto('/accounts')
  const row = page.locator('[data-account-row="volunteer"]')
  const roles = row.locator('.role')
  await expect(roles.first()).toBeVisible()
  const before = await roles.count()
  await row.getByRole('button', { name: /授予角色|Give/ }).click()
  const dialog = page.getByRole('dialog')
  await answer(dialog, { role: /^(社区医生|Clinician)/ })
  await expect(page.getByRole('option')).toHaveCount(0)
  await dialog.locator('[data-element=place] label.option').first().click()
  await expectAccessible(page, 'giving a role')
  await dialog.locator('button[type=submit]').click()
  await expect(dialog).toBeHidden()
  await expect.poll(() => roles.count()).toBe(before + 1)
  await row.getByRole('button', { name: /收回.*社区医生|Take Clinician/ }).first().click()
  await dialog.locator('button[type=submit]').click()
  await expect(dialog.getByRole('alert')).toBeVisible()
  await answer(dialog, { reason: '代班结束' })
  await dialog.locator('button[type=submit]').click()
  await expect(dialog).toBeHidden()
  await expect.poll(() => roles.count()).toBe(before)
})

test('a lead adds a building and looks at it', async ({ page }) => {
  await becomes(page, 'lead-huaishu')
  const { children } = await read<Place>(page, `/api/places/${COMMUNITY}`)
  await page.goto(`/places/${children[0]!.id}/`)
  await page.locator('[data-place=add]').click()
  const dialog = page.getByRole('dialog')
  const name = `便民驿站${String(Date.now()).slice(-4)}`
  await answer(dialog, { names: name })
  await dialog.locator('button[type=submit]').click()
  await expect(dialog).toBeHidden()
  await page.getByRole('link', { name: new RegExp(name) }).click()
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
  await expectAccessible(page, 'a new building')
})

test('stock is set up, held, taken and given back', async ({ page }) => {
  await becomes(page, 'lead-huaishu')
  await page.goto('/stock')
  await page.locator('[data-stock=open]').click()
  const dialog = page.getByRole('dialog')
  const name = `口罩柜 ${String(Date.now()).slice(-4)}`
  await answer(dialog, { sort: 'outbreak.mask', name, amount: '3' })
  await dialog.locator('button[type=submit]').click()
  await expect(dialog).toBeHidden()
  const card = page.locator('.pool', { hasText: name })
  await expect(card.locator('.free')).toHaveText('3')

  // More than there is: refused in words, and nothing is held.
  await card.locator('[data-stock=hold]').click()
  await answer(dialog, { amount: '9' })
  await dialog.locator('button[type=submit]').click()
  await expect(dialog.getByRole('alert')).toContainText(/[\u4e00-\u9fff]/)
  await answer(dialog, { amount: '2' })
  await dialog.locator('button[type=submit]').click()
  await expect(dialog).toBeHidden()
  await expect(card.locator('.free')).toHaveText('1')
  await card.locator('[data-stock=take]').click()
  await dialog.locator('button[type=submit]').click()
  await expect(dialog).toBeHidden()
  const pool = async () => (await read<Stock>(page, `/api/stock?ledger=${COMMUNITY}`)).pools.find((one) => one.total === 3 && one.taken === 2)
  expect(await pool()).toBeTruthy()
  await card.getByRole('button', { name: /已取走|taken/ }).click()
  await card.locator('[data-stock=return]').click()
  await dialog.locator('button[type=submit]').click()
  await expect(dialog).toBeHidden()
  await expect(card.locator('.free')).toHaveText('3')
  await expectAccessible(page, 'stock')
})

test('the keyboard goes where it is told, and lists how', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 })
  await becomes(page, 'coordinator')
  await page.goto('/')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog').locator('kbd').first()).toBeVisible()
  await expectAccessible(page, 'the shortcuts')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await page.keyboard.press('g')
  await page.keyboard.press('c')
  await expect(page).toHaveURL(/\/cases$/)
  await expect(page.locator('input[type=search]')).toBeVisible()
  await page.keyboard.press('/')
  await expect(page.locator('input[type=search]')).toBeFocused()
  // What is written is written, not heard as a shortcut.
  await page.keyboard.type('gd?')
  await expect(page.locator('input[type=search]')).toHaveValue('gd?')
})
