/** The desk of whoever coordinates: files of a form are brought, two people change one thing, a form goes out of use. */
import { expect, test, type Page } from '@playwright/test'
import { answerAll, becomes, expectAccessible, expectNoOverflow, read } from './people'
import { picture } from './workbooks'

const FORM = `wells_${Date.now()}`
const LIST = FORM
const WELLS = `| survey |
| | type | name | label::中文 (zh) | label::English (en) | save_to |
| | select_one_from_file ${LIST}.csv | well | 哪一口井 | Which well? | |
| | text | called | 叫什么 | Its name | |
| | decimal | depth | 多深（米） | How deep (m)? | depth_m |
| | select_one_from_file shops.csv | shop | 哪家店管 | Which shop sees to it? | |
| entities |
| | list_name | label | create_if | update_if | entity_id |
| | ${LIST} | \${called} | \${well} = '' | \${well} != '' | coalesce(\${well}, uuid()) |
| settings |
| | form_title | form_id | version | default_language |
| | 水井 | ${FORM} | 1 | 中文 (zh) |
`

interface Published { forms: { id: string; files: { name: string; state: string }[]; retired: boolean }[] }
interface Offers { forms: { id: string; media: { name: string }[] }[] }

test.describe.configure({ mode: 'serial' })

async function home(page: Page): Promise<string> {
  await becomes(page, 'grid-huaishu-1')
  return (await read<{ home_ledger: string }>(page, '/api/session')).home_ledger
}

/** The desk, at the community's own place. */
async function desk(page: Page): Promise<{ ledger: string; item: ReturnType<Page['locator']> }> {
  const ledger = await home(page)
  await becomes(page, 'coordinator')
  const { place } = await read<{ place: { name: string } }>(page, `/api/places/${ledger}?limit=1`)
  await page.goto('/forms')
  await page.locator('.p-select').first().click()
  await page.getByRole('option', { name: place.name }).first().click()
  await expect(page.getByRole('listbox')).toHaveCount(0)
  return { ledger, item: page.locator(`[data-published="${FORM}"]`) }
}

/** Sends a record as a device does. */
async function sends(page: Page, account: string, ledger: string, record: string): Promise<void> {
  await becomes(page, account)
  await page.goto('/forms')
  const status = await page.evaluate(async ([to, xml]) => {
    const { csrf } = (await (await fetch('/api/session')).json()) as { csrf: string }
    const body = new FormData()
    body.append('xml_submission_file', new Blob([xml!], { type: 'text/xml' }), 'r.xml')
    return (await fetch(`/api/submissions?ledger=${to}`, { method: 'POST', body, headers: { 'x-csrf': csrf } })).status
  }, [ledger, record])
  expect(status).toBe(200)
}

test('what a form asks for is told, dropped, and fetched by phones', async ({ page }) => {
  test.setTimeout(90_000)
  const { ledger, item } = await desk(page)
  const workbook = page.getByTestId('workbook')
  await workbook.locator('input[type=file]').setInputFiles({ name: `${FORM}.md`, mimeType: 'text/markdown', buffer: Buffer.from(WELLS) })
  await expect(workbook.getByText(/shops\.csv/).first()).toBeVisible()
  await workbook.getByTestId('publish').click()
  const dialog = page.getByRole('dialog')
  await answerAll(dialog, '')
  await dialog.locator('button[type=submit]').click()
  await expect(dialog).toBeHidden()

  const files = item.getByTestId('files')
  await expect(files.locator('[data-file="shops.csv"]')).toHaveAttribute('data-state', 'missing')
  await expect(files.locator(`[data-file="${LIST}.csv"]`)).toHaveAttribute('data-state', 'list')
  await expectAccessible(page, 'files that are missing')
  await expectNoOverflow(page, 'files that are missing')

  // Several at once; what the form does not ask for is said in words, and does not hold up the others.
  const shops = { name: 'shops.csv', mimeType: 'text/csv', buffer: Buffer.from('name,label\nnorth,北店\n') }
  await files.locator('input[type=file]').setInputFiles([picture, { ...shops, name: 'Shops (1).csv' }, shops])
  await expect(files.getByRole('alert')).toContainText('door.png')
  await expect(files.getByRole('alert')).toContainText(/“shops.csv”/)
  await expect(files.locator('[data-file="shops.csv"]')).toHaveAttribute('data-state', 'put')
  await expectAccessible(page, 'files that were turned away')
  // The page took none of them for a workbook.
  await expect(workbook).toContainText(`${FORM}.md`)

  await becomes(page, 'grid-huaishu-1')
  const { forms } = await read<Offers>(page, `/api/forms?ledger=${ledger}`)
  expect(forms.find((form) => form.id === FORM)?.media.map((one) => one.name)).toContain('shops.csv')
})

test('two people change one thing at once, and a third says what holds', async ({ page }) => {
  test.setTimeout(90_000)
  const ledger = await home(page)
  const record = (id: string, entity: string, answers: string, label = '') =>
    `<data id="${FORM}" version="1">${answers}<meta><instanceID>uuid:${FORM}-${id}</instanceID><entity dataset="${LIST}" id="w1" ${entity}>${label}</entity></meta></data>`
  await sends(page, 'grid-huaishu-1', ledger, record('1', 'create="1"', '<called>东井</called><depth>5.5</depth>', '<label>东井</label>'))
  await sends(page, 'grid-huaishu-1', ledger, record('2', 'update="1" baseVersion="1"', '<well>w1</well><depth>6</depth>'))
  await sends(page, 'grid-huaishu-1', ledger, record('3', 'update="1" baseVersion="1"', '<well>w1</well><depth>7</depth>'))

  await desk(page)
  const card = page.getByTestId('conflicts').locator('form', { hasText: '东井' }).last()
  await expect(card).toContainText('多深')
  await expect(card).toContainText('6')
  await expect(card).toContainText('7')
  await expectAccessible(page, 'a conflict')
  await expectNoOverflow(page, 'a conflict')
  await card.locator('button[type=submit]').click()
  await expect(card.getByRole('alert')).toBeVisible()
  await card.locator('input[value=there]').check()
  await card.locator('button[type=submit]').click()
  await expect(page.getByTestId('conflicts').locator('form', { hasText: '东井' })).toHaveCount(0)
})

test('a form goes out of use, with a reason', async ({ page }) => {
  const { ledger, item } = await desk(page)
  await item.getByRole('button', { name: /停用|Take out of use/ }).click()
  const dialog = page.getByRole('dialog')
  await dialog.locator('button[type=submit]').click()
  await expect(dialog.locator('.wrong, [role=alert]').first()).toBeVisible()
  await answerAll(dialog, '换了新表')
  await expectAccessible(page, 'taking a form out of use')
  await dialog.locator('button[type=submit]').click()
  await expect(dialog).toBeHidden()
  await expect(item).toContainText(/已停用|Out of use/)
  await expect(item.getByRole('button', { name: /停用|Take out of use/ })).toHaveCount(0)
  const { forms } = await read<Published>(page, `/api/forms/published?ledger=${ledger}`)
  expect(forms.find((form) => form.id === FORM)?.retired).toBe(true)
  await becomes(page, 'grid-huaishu-1')
  await page.goto('/forms')
  await expect(page.locator('[data-form]').first()).toBeVisible()
  await expect(page.locator(`[data-form="${FORM}"]`)).toHaveCount(0)
})
