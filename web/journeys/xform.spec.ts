/** A form is written as a workbook, mended, tried and published; then it is filled in a cellar, and arrives once. */
import { chromium, expect, test, type BrowserContext, type Page } from '@playwright/test'
import { answerAll, becomes, expectAccessible, expectNoOverflow, keepsForms, question, read, sendForm } from './people'
import { badWorkbook, goodWorkbook, picture } from './workbooks'

const FORM = 'journey_visit'

interface Place { place: { name: string }; households: { ledger: string; id: string }[] }
interface Household { submissions: { form: string }[] }

test.describe.configure({ mode: 'serial' })

/** The grid worker's own community, and a door in it. */
async function whereTheyWork(page: Page): Promise<{ ledger: string; name: string; household: string }> {
  await becomes(page, 'grid-huaishu-1')
  const { home_ledger: ledger } = await read<{ home_ledger: string }>(page, '/api/session')
  const { place, households } = await read<Place>(page, `/api/places/${ledger}?limit=3`)
  return { ledger, name: place.name, household: households[0]!.id }
}

test('a workbook is dropped, mended, tried and published', async ({ page }) => {
  test.setTimeout(90_000)
  const { name } = await whereTheyWork(page)
  await becomes(page, 'coordinator')
  await page.goto('/forms')
  const desk = page.getByTestId('workbook')
  await expect(desk).toBeVisible()
  await page.locator('.p-select').first().click()
  await page.getByRole('option', { name }).first().click()
  await expect(page.getByRole('listbox')).toHaveCount(0)

  // What is wrong is told with its sheet, its row and its column.
  await desk.locator('input[type=file]').setInputFiles(badWorkbook)
  await expect(desk.locator('[data-sheet=survey] [data-severity=error]').first()).toContainText(/neds/)
  await expect(desk.locator('[data-sheet=survey] [data-severity=error] td').first()).toHaveText(/^\d+$/)
  await expect(desk.getByTestId('publish')).toHaveCount(0)
  await expectAccessible(page, 'a workbook with problems')

  // Let go anywhere on the page, it is read as well.
  const dropped = await page.evaluateHandle(({ name, text }) => {
    const carried = new DataTransfer()
    carried.items.add(new File([text], name, { type: 'text/markdown' }))
    return carried
  }, { name: goodWorkbook.name, text: goodWorkbook.buffer.toString() })
  await page.locator('h1').dispatchEvent('drop', { dataTransfer: dropped })
  await expect(desk.getByTestId('publish')).toBeVisible()
  await expect(desk.getByTestId('changes')).toBeVisible()
  await desk.getByTestId('outline').locator('summary').click()
  await expect(desk.getByTestId('outline')).toContainText('people')

  // It can be tried: a question appears when it is asked for, and nothing is sent.
  const sent: string[] = []
  page.on('request', (request) => request.url().includes('/api/submissions') && sent.push(request.url()))
  await desk.getByTestId('trial').getByRole('button').first().click()
  await expect(question(page, /缺什么|What is lacking/)).toBeVisible()
  await expect(question(page, /缺哪一种药|Which medicine/)).toHaveCount(0)
  await question(page, /缺什么|What is lacking/).getByText(/^(药|Medicine)$/).click()
  await expect(question(page, /缺哪一种药|Which medicine/)).toBeVisible()
  await expectAccessible(page, 'a form on trial')
  await expectNoOverflow(page, 'a form on trial')
  expect(sent).toEqual([])

  await desk.getByTestId('publish').click()
  const dialog = page.getByRole('dialog')
  await answerAll(dialog, '')
  await dialog.locator('button[type=submit]').click()
  await expect(dialog).toBeHidden()
  await expect(desk.getByTestId('verdict')).toContainText(/已发布|Published/)
  await expect(page.locator(`[data-published="${FORM}"]`)).toContainText(/网格员|Grid worker/)
})

test("a pack's forms open in the same component", async ({ page }) => {
  test.setTimeout(120_000)
  const { ledger, household } = await whereTheyWork(page)
  const { forms } = await read<{ forms: { id: string; source: string; subject: string }[] }>(page, `/api/forms?ledger=${ledger}`)
  const { people } = await read<{ people: { id: string }[] }>(page, `/api/households/${ledger}/${household}`)
  for (const form of forms.filter((one) => one.source === 'pack')) {
    const subject = form.subject === 'person' ? people[0]!.id : form.subject === 'household' ? household : undefined
    await page.goto(`/forms/fill?ledger=${ledger}&form=${form.id}${subject ? `&subject_kind=${form.subject}&subject=${subject}` : ''}`)
    await expect(page.locator('.odk-form .question-container').first(), form.id).toBeVisible({ timeout: 20_000 })
    await expect(page.getByRole('alert'), form.id).toHaveCount(0)
    // Whom it is about is clear: no list of everybody is asked for.
    if (subject) await expect(question(page, /关于谁|哪一户|About whom|Which household/), form.id).toHaveCount(0)
  }
})

test('it is filled without a network, survives the browser, and arrives once', async ({ page, baseURL }, info) => {
  test.setTimeout(150_000)
  const { ledger, household } = await whereTheyWork(page)
  const address = `/forms/fill?ledger=${ledger}&form=${FORM}&subject_kind=household&subject=${household}`
  const profile = info.outputPath('profile')
  const before = await recordsOf(page, ledger, household)
  const sent: string[] = []
  /** The same phone, switched on. */
  async function phone(online: boolean): Promise<{ context: BrowserContext; screen: Page }> {
    const context = await chromium.launchPersistentContext(profile, {
      ...info.project.use.launchOptions, baseURL, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', viewport: { width: 390, height: 844 },
    })
    await context.setOffline(!online)
    context.on('request', (request) => request.method() === 'POST' && request.url().includes('/api/submissions') && sent.push(request.url()))
    return { context, screen: context.pages()[0] ?? (await context.newPage()) }
  }

  // Upstairs: the forms are read, and kept.
  let { context, screen } = await phone(true)
  await becomes(screen, 'grid-huaishu-1')
  await keepsForms(screen)

  // In the cellar: the form opens, and each step is kept.
  await context.setOffline(true)
  await screen.goto(address)
  await expect(screen.locator('.odk-form')).toBeVisible({ timeout: 30_000 })
  await question(screen, /家里几口人/).locator('input').fill('3')
  await question(screen, /缺什么/).getByText('药', { exact: true }).click()
  await question(screen, /缺哪一种药/).locator('input').fill('降压药')
  const chooser = screen.waitForEvent('filechooser')
  await question(screen, /门口的照片/).locator('.choose-image-button').click()
  await (await chooser).setFiles(picture)
  await expect(question(screen, /门口的照片/).locator('img')).toBeVisible()
  await expect(screen.getByText(/草稿已存在这台设备上/)).toBeVisible()
  await expectAccessible(screen, 'a form in a cellar')
  await expectNoOverflow(screen, 'a form in a cellar')
  await screen.waitForTimeout(1_000)
  await context.close()

  // Switched off and on again, still in the cellar: it goes on where it was.
  ;({ context, screen } = await phone(false))
  await screen.goto(address)
  await expect(screen.locator('.odk-form')).toBeVisible({ timeout: 30_000 })
  await expect(question(screen, /家里几口人/).locator('input')).toHaveValue('3')
  await expect(question(screen, /缺哪一种药/).locator('input')).toHaveValue('降压药')
  await expect(question(screen, /门口的照片/).locator('img')).toBeVisible()
  await screen.locator('.odk-form .footer button').click()
  await expect(screen.getByTestId('outcome')).toContainText(/联网后自动发出/)
  await screen.goto('/outbox')
  await expect(screen.locator('[data-state=waiting]')).toHaveCount(1)
  await context.close()
  sent.length = 0

  // Upstairs again: it arrives, once, and nothing of it stays on the phone.
  ;({ context, screen } = await phone(true))
  await screen.goto('/outbox')
  await expect(screen.locator('[data-state=sent]')).toHaveCount(1, { timeout: 40_000 })
  await screen.reload()
  await expect(screen.locator('[data-state=sent]')).toHaveCount(1)
  expect(sent).toHaveLength(1)
  expect(await heldBack(screen)).not.toContain('降压药')
  await expect.poll(() => recordsOf(screen, ledger, household)).toBe(before + 1)

  // Somebody looks at the household: what is known of it comes along into the next cellar.
  const ahead = screen.waitForResponse((answer) => answer.url().includes(`/${FORM}/known`))
  await screen.goto(`/households/${ledger}/${household}/`)
  await ahead
  await screen.waitForTimeout(500)
  await context.setOffline(true)
  await screen.reload()
  await screen.locator(`[data-form="${FORM}"]`).click()
  await expect(screen.getByTestId('known')).toContainText('3', { timeout: 30_000 })
  await expect(question(screen, /家里几口人/)).toHaveAttribute('data-known', /走访新表/)
  // It is put right, and both are counted.
  await question(screen, /家里几口人/).locator('input').fill('4')
  await screen.keyboard.press('Tab')
  await expect(question(screen, /家里几口人/)).toHaveAttribute('data-mended', /3/, { timeout: 10_000 })
  await expectAccessible(screen, 'what is known, put right')
  await sendForm(screen)
  await expect(screen.getByTestId('outcome')).toContainText(/联网后自动发出/)
  await context.setOffline(false)
  await screen.goto('/outbox')
  await expect(screen.locator('[data-state=sent]')).toHaveCount(2, { timeout: 40_000 })
  expect(sent.at(-1)).toContain('corrected=1')
  await context.close()
})

async function recordsOf(page: Page, ledger: string, household: string): Promise<number> {
  const { submissions } = await read<Household>(page, `/api/households/${ledger}/${household}`)
  return submissions.filter((one) => one.form === FORM).length
}

/** Everything that the app keeps of people on this device. */
async function heldBack(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const kept: unknown[] = []
    for (const name of ['outbox', 'drafts', 'attachments', 'known']) {
      const base = await new Promise<IDBDatabase>((resolve, reject) => {
        const asked = indexedDB.open(`linli-${name}`)
        asked.onsuccess = () => resolve(asked.result)
        asked.onerror = () => reject(asked.error ?? new Error(name))
      })
      if (base.objectStoreNames.contains(name)) {
        kept.push(await new Promise((resolve) => {
          const all = base.transaction(name).objectStore(name).getAll()
          all.onsuccess = () => resolve(all.result)
        }))
      }
      base.close()
    }
    return JSON.stringify(kept)
  })
}
