/**
 * The whole story, by the hands of those who live it: a repair, a mode that is looked at before it
 * is declared, doors without a network, a fever, a room, a child who is not left alone, the table,
 * and what is kept. Steps hang together: what one person does, the next one finds.
 */
import { expect, test, type Browser, type Page } from '@playwright/test'
import { act, answer, answerAll, becomes, expectAccessible, fillForm, keepsForms, question, read, sendForm } from './people'

interface Session { home_ledger: string; person?: { ledger: string; id: string } }
interface Kept { ledger: string; household: string; person: { id: string; name: string; cares_for: { person: string }[] }; reads: { purpose: string }[] }
interface View { case: { id: string; stage: string; state: string }; actions: { id: string; allowed: boolean; code?: string }[]; care: { need: string; dependant?: string; owner?: string }[]; order?: object }
interface Row { ledger: string; id: string; kind: string; subject?: { kind: string; id: string }; stage: string }
interface Modes { active: { mode: string; level: string; level_rank?: number; ends_at?: string }[] }
interface Stock { pools: { id: string; name: string; free: number; held: number; taken: number; sort: string }[] }

test.describe.configure({ mode: 'serial' })

const COMMUNITY = 'huaishu'
const MODE = 'outbreak.epidemic'
const ROOM = '康宁驿站 3 号房'
const WHY = '体温三十八度二，同事确诊；家中孩子已安排好'
let fever = ''
let father: Kept

/** Somebody at their own screen, with their own memory. */
async function sits(browser: Browser, account: string, phone = false): Promise<Page> {
  const context = await browser.newContext(phone ? { viewport: { width: 390, height: 844 }, hasTouch: true } : { viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  await becomes(page, account)
  return page
}

const address = (id: string) => `/cases/${COMMUNITY}/${id}/`
const feverCase = (page: Page) => read<View>(page, `/api/cases/${COMMUNITY}/${fever}`)

test('a resident asks, the grid worker mends, the lead verifies, the resident rates', async ({ browser }) => {
  test.setTimeout(120_000)
  const wang = await sits(browser, 'resident-wang', true)
  await wang.goto('/')
  await wang.getByRole('button', { name: /提一个诉求|Ask for something/ }).first().click()
  await wang.locator('[data-kind="everyday.repair"]').click()
  await answerAll(wang.locator('form.card'), '三楼的防火门关不上，夜里响')
  await expectAccessible(wang, 'asking')
  await wang.locator('form.card button[type=submit]').click()
  await wang.waitForURL(/\/cases\/[^/]+\/[0-9a-f-]{36}\/$/)
  const path = new URL(wang.url()).pathname

  const chen = await sits(browser, 'grid-huaishu-1', true)
  await chen.goto(path)
  const api = `/api${path.slice(0, -1)}`
  for (const step of ['accept', 'begin', 'claim']) {
    const { actions, case: row } = await read<View>(chen, api)
    if (row.stage === 'claimed' || !actions.some((action) => action.id === step && action.allowed)) continue
    await act(chen, step, '换了闭门器，门能关严了')
    await expect.poll(async () => (await read<View>(chen, api)).case.state).not.toBe(row.state)
  }
  expect((await read<View>(chen, api)).case.stage).toBe('claimed')

  const lead = await sits(browser, 'lead-huaishu')
  await lead.goto(path)
  await act(lead, 'verify_case', '去看过，门关得严')
  // The resident's page has followed all of it by itself.
  await expect(wang.locator('[data-action=rate_case]')).toBeVisible({ timeout: 20_000 })
  await act(wang, 'rate_case')
  await expect(wang.getByText(/满意度|Satisfaction/).first()).toBeVisible()
  await expectAccessible(wang, 'a closed case')
  await expectAccessible(lead, 'a closed case on a desk')
  for (const page of [wang, chen, lead]) await page.context().close()
})

test('the coordinator sees what the mode would change, and declares it', async ({ browser }) => {
  const fang = await sits(browser, 'coordinator')
  const street = (await read<Session>(fang, '/api/session')).home_ledger
  const inForce = async () => (await read<Modes>(fang, `/api/modes?ledger=${street}`)).active.find((mode) => mode.mode === MODE)
  await fang.goto(`/modes/declare?ledger=${street}&mode=${MODE}&level=response`)
  await expect(fang.locator('.grid .card').first()).toBeVisible()
  await expectAccessible(fang, 'what would change')
  if (!(await inForce())) {
    await expect(fang.locator('.grid')).toContainText(/入户核查|Door check/)
    const form = fang.locator('form')
    await answerAll(form, '《传染病防治法》；区疾控局公布本地疫情；可拨打 12345 申诉')
    await form.locator('button[type=submit]').click()
    await fang.waitForURL(/\/modes\?/)
  }
  expect(await inForce()).toBeTruthy()
  await fang.goto(`/modes?ledger=${street}`)
  await expect(fang.locator('article.force').first()).toContainText(/自动结束|by itself/)
  await fang.context().close()
})

test('doors are checked on a phone without a network, and all arrive once', async ({ browser }) => {
  test.setTimeout(120_000)
  const li = await sits(browser, 'resident-li', true)
  father = await read<Kept>(li, '/api/kept')
  expect(father.person.cares_for.length, 'a child whom he cares for').toBeGreaterThan(0)
  await li.context().close()

  const chen = await sits(browser, 'grid-huaishu-1', true)
  // The forms are read once while there is a network; from then on the phone has them, and says so.
  await keepsForms(chen)
  const { households } = await read<{ households: { id: string }[] }>(chen, `/api/places/${COMMUNITY}?limit=12`)
  const other = households.find((row) => row.id !== father.household)!
  const { people } = await read<{ people: { id: string }[] }>(chen, `/api/households/${COMMUNITY}/${other.id}`)
  const form = `/forms/fill?ledger=${COMMUNITY}&form=outbreak.door_check&subject_kind=person&subject=`
  const before = new Set((await read<{ cases: Row[] }>(chen, '/api/cases?kind=outbreak.fever&limit=100')).cases.map((row) => row.id))

  await chen.context().setOffline(true)
  const checks: [string, [RegExp, string][]][] = [
    [people[0]!.id, [[/是否应门/, '无人应门']]],
    [people[0]!.id, [[/是否应门/, '隔门或电话说了话'], [/在家人数/, '2']]],
    [father.person.id, [[/是否应门/, '已应门'], [/在家人数/, '2'], [/体温/, '38.2']]],
  ]
  for (const [person, answers] of checks) {
    await chen.goto(form + person)
    await fillForm(chen, answers)
    // Whom it is about is chosen: nobody is asked again, and nothing of the answers before is copied.
    await expect(question(chen, /关于谁/)).toHaveCount(0)
    await expect(chen.getByTestId('kept-here')).toBeVisible()
    await sendForm(chen)
    await expect(chen.getByTestId('outcome')).toContainText(/联网后自动发出|when the network is back/)
  }
  await chen.goto('/outbox')
  await expect(chen.locator('[data-state=waiting]')).toHaveCount(3)
  await expectAccessible(chen, 'what waits on a phone')
  await chen.context().setOffline(false)
  await expect(chen.locator('[data-state=sent]')).toHaveCount(3, { timeout: 40_000 })
  await expect(chen.locator('[data-state=refused]')).toHaveCount(0)

  const opened = (await read<{ cases: Row[] }>(chen, '/api/cases?kind=outbreak.fever&limit=100')).cases.filter((row) => !before.has(row.id))
  const about = opened.find((row) => row.subject?.id === father.person.id)
  expect(about, 'the fever has opened a case').toBeTruthy()
  fever = about!.id
  await chen.context().close()
})

test('a room is there before anybody moves', async ({ browser }) => {
  const lead = await sits(browser, 'lead-huaishu')
  const rooms = async () => (await read<Stock>(lead, `/api/stock?ledger=${COMMUNITY}`)).pools.find((pool) => pool.sort === 'outbreak.isolation_room' && pool.free > 0)
  if (!(await rooms())) {
    await lead.goto('/stock')
    await lead.locator('[data-stock=open]').click()
    const dialog = lead.getByRole('dialog')
    await answer(dialog, { name: ROOM, sort: 'outbreak.isolation_room', amount: '2' })
    await expectAccessible(lead, 'setting up a pool')
    await dialog.locator('button[type=submit]').click()
    await expect(dialog).toBeHidden()
  }
  expect(await rooms()).toBeTruthy()
  await lead.context().close()

  const shen = await sits(browser, 'clinician')
  await shen.goto(address(fever))
  await act(shen, 'triage')
  await expect.poll(async () => (await feverCase(shen)).case.state).toBe('triaged')
  await act(shen, 'hold_place')
  await expect.poll(async () => (await feverCase(shen)).case.state).toBe('place_held')
  expect((await read<Stock>(shen, `/api/stock?ledger=${COMMUNITY}`)).pools.some((pool) => pool.held > 0)).toBe(true)
  await shen.context().close()
})

test('isolation is refused while the child has nobody, and the page says who is missing', async ({ browser }) => {
  const shen = await sits(browser, 'clinician')
  await shen.goto(address(fever))
  const missing = (await feverCase(shen)).care.filter((need) => !need.owner)
  expect(missing.some((need) => need.dependant)).toBe(true)
  await expect(shen.locator('[data-need]')).toHaveCount(missing.length)
  const button = shen.locator('[data-action=isolate]')
  if (await button.isEnabled()) {
    await button.click()
    const dialog = shen.getByRole('dialog')
    await answerAll(dialog, '发热且有接触史')
    await dialog.locator('button[type=submit]').click()
    await expect(dialog.getByRole('alert')).toContainText(/还没有人负责|Nobody has taken on/)
    await shen.keyboard.press('Escape')
  } else {
    await expect(shen.locator('.refused', { has: button }).first()).toContainText(/还没有人负责|Nobody has taken on/)
  }
  expect((await feverCase(shen)).order).toBeFalsy()
  await expectAccessible(shen, 'why isolation is refused')
  await shen.context().close()
})

test('a neighbour agrees to look after the child, and only then isolation begins', async ({ browser }) => {
  test.setTimeout(150_000)
  const shen = await sits(browser, 'clinician')
  await shen.goto(address(fever))
  for (const need of (await feverCase(shen)).care.filter((found) => !found.owner)) {
    await shen.locator(`[data-need="${need.need}"] [data-care=ask]`).click()
    const dialog = shen.getByRole('dialog')
    await answer(dialog, { owner: need.dependant ? /赵桂英/ : /小陈/ })
    await dialog.locator('button[type=submit]').click()
    await expect(dialog).toBeHidden()
  }
  for (const account of ['resident-zhao', 'grid-huaishu-1']) {
    const helper = await sits(browser, account, true)
    await helper.goto('/')
    await helper.locator(`a[href="${address(fever)}"]`).first().click()
    const accept = helper.locator('[data-care=accept]')
    await expect(accept.first()).toBeVisible()
    for (let left = await accept.count(); left > 0; left--) {
      await accept.first().click()
      await expect(accept).toHaveCount(left - 1)
    }
    await expectAccessible(helper, `${account} has agreed`)
    await helper.context().close()
  }
  await expect.poll(async () => (await feverCase(shen)).care.every((need) => need.owner)).toBe(true)
  await expect(shen.locator('[data-action=isolate]')).toBeEnabled({ timeout: 20_000 })
  await act(shen, 'isolate', WHY)
  await expect.poll(async () => (await feverCase(shen)).case.state).toBe('isolating')
  await expect(shen.getByText(/自动结束|by itself/).first()).toBeVisible()
  // Even whoever wrote the reason says what it is read for.
  const order = shen.locator('[aria-labelledby=order-title]')
  await expect(order.locator('[data-unread=reason]')).toContainText(/先在上方说明用途|Say above what/)
  await expectAccessible(shen, 'an order in force')
  await shen.getByRole('button', { name: /^(查阅|Read)$/ }).click()
  await expect(order.locator('[data-written=reason]')).toHaveText(WHY)
  await expect(shen.locator('ol.line [data-written=reason]')).toHaveText(WHY)
  await shen.context().close()
})

test('the father reads why he may not go home, and nobody asks him what for', async ({ browser }) => {
  const li = await sits(browser, 'resident-li', true)
  await li.goto(address(fever))
  await expect(li.locator('[aria-labelledby=order-title] [data-written=reason]')).toHaveText(WHY)
  await expect(li.locator('[data-unread]')).toHaveCount(0)
  await expect(li.getByRole('button', { name: /^(查阅|Read)$/ })).toHaveCount(0)
  await expectAccessible(li, 'an order as its person reads it')
  await li.goto('/kept')
  await expect(li.locator('[aria-labelledby=kept-values]')).toContainText(WHY)
  await li.context().close()

  const zhao = await sits(browser, 'resident-zhao', true)
  await zhao.goto(address(fever))
  await expect(zhao.locator('ol.line [data-unread=reason]')).toBeVisible()
  await expect(zhao.locator('body')).not.toContainText(WHY)
  await zhao.context().close()
})

test('the father reads out his temperature himself', async ({ browser }) => {
  const li = await sits(browser, 'resident-li', true)
  await li.goto('/forms')
  await li.locator('[data-form="outbreak.home_reading"]').click()
  // What was read at the door is a reading of that day: it is asked anew.
  await expect(question(li, /体温/).locator('input')).toHaveValue('')
  await fillForm(li, [[/体温/, '37.6'], [/血氧/, '97']])
  await sendForm(li)
  await expect(li.getByTestId('outcome')).toContainText(/已送达|arrived|Delivered/i)
  await li.context().close()
})

test('the department reads its table, on the page and as a workbook', async ({ browser }) => {
  const fang = await sits(browser, 'coordinator')
  await fang.goto('/tables')
  await fang.getByRole('link', { name: /疫情日报|Daily table of the outbreak/ }).click()
  await expect(fang.getByRole('table')).toBeVisible()
  await expect(fang.getByRole('row').last()).toContainText(/合计|Total|all/i)
  await expectAccessible(fang, 'a table')
  const [download] = await Promise.all([fang.waitForEvent('download'), fang.getByRole('link', { name: /xlsx/ }).click()])
  expect(download.suggestedFilename()).toMatch(/\.xlsx$/)
  await fang.context().close()
})

test('the father reads what is kept about him, and who has read it', async ({ browser }) => {
  const shen = await sits(browser, 'clinician')
  await shen.goto(address(fever))
  await shen.getByRole('button', { name: /^(查阅|Read)$/ }).click()
  await expect(shen.getByText('38.2')).toBeVisible()
  await shen.context().close()

  const li = await sits(browser, 'resident-li', true)
  await li.goto('/kept')
  await expect(li.locator('[aria-labelledby=kept-values] li').first()).toBeVisible()
  const older = li.locator('li', { has: li.getByText('38.2', { exact: true }) }).first().locator('summary').first()
  if (await older.count()) await older.click()
  await expect(li.getByText('38.2', { exact: true }).first()).toBeVisible()
  // A form that was filled is told by what was answered.
  await expect(li.locator('[aria-labelledby=kept-values]')).not.toContainText('<data')
  await expect(li.locator('[aria-labelledby=kept-reads] li').first()).toContainText(/沈医生|Clinician/)
  await expectAccessible(li, 'what is kept')
  await li.context().close()
})
