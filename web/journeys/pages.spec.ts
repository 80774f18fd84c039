/** Every page, in both themes, both languages, on a phone and on a desk: readable for everybody. */
import { expect, test, type Page } from '@playwright/test'
import { becomes, expectAccessible, expectNoOverflow, read, signInAs } from './people'

const SIZES = { phone: { width: 390, height: 844 }, desk: { width: 1280, height: 800 } } as const

interface Session { home_ledger: string }
interface Place { children: { id: string; ledger?: string }[]; households: { ledger: string; id: string }[] }

/** The addresses of a street that is not known beforehand. */
async function addresses(page: Page): Promise<[account: string, path: string][]> {
  await becomes(page, 'coordinator')
  const street = (await read<Session>(page, '/api/session')).home_ledger
  const { offered } = await read<{ offered: { mode: string; levels: { id: string }[] }[] }>(page, `/api/modes?ledger=${street}`)
  const { tables } = await read<{ tables: { id: string }[] }>(page, `/api/tables?ledger=${street}`)
  await becomes(page, 'grid-huaishu-1')
  const home = (await read<Session>(page, '/api/session')).home_ledger
  const { cases } = await read<{ cases: { ledger: string; id: string }[] }>(page, '/api/cases?limit=3')
  const { households } = await read<Place>(page, `/api/places/${home}?limit=3`)
  const { forms } = await read<{ forms: { id: string; may_fill: boolean }[] }>(page, `/api/kinds?ledger=${home}`)
  const form = forms.find((found) => found.may_fill)
  const listed = (await read<{ forms: { id: string; may_fill?: boolean; source: string }[] }>(page, `/api/forms?ledger=${home}`)).forms
  const xform = listed.find((found) => found.may_fill !== false && found.source !== 'draft')
  const mode = offered[0]
  const seen = households[0] && (await read<{ submissions: { id: string }[] }>(page, `/api/households/${households[0].ledger}/${households[0].id}`)).submissions[0]
  const found: ([string, string] | undefined)[] = [
    ['grid-huaishu-1', '/'],
    ['grid-huaishu-1', '/cases'],
    cases[0] && ['grid-huaishu-1', `/cases/${cases[0].ledger}/${cases[0].id}/`],
    ['grid-huaishu-1', '/cases/new'],
    households[0] && ['grid-huaishu-1', `/households/${households[0].ledger}/${households[0].id}/`],
    ['grid-huaishu-1', '/forms'],
    form && ['grid-huaishu-1', `/forms/fill?ledger=${home}&form=${form.id}`],
    xform && ['grid-huaishu-1', `/forms/fill?ledger=${home}&form=${xform.id}${households[0] ? `&subject_kind=household&subject=${households[0].id}` : ''}`],
    seen && ['grid-huaishu-1', `/records/${households[0]!.ledger}/${seen.id}/`],
    ['grid-huaishu-1', '/outbox'],
    ['coordinator', '/places'],
    ['coordinator', '/tables'],
    tables[0] && ['coordinator', `/tables/${tables[0].id}/?place=${street}`],
    ['coordinator', '/modes'],
    mode && ['coordinator', `/modes/declare?ledger=${street}&mode=${mode.mode}&level=${mode.levels.at(-1)!.id}`],
    ['coordinator', '/stock'],
    ['coordinator', '/accounts'],
    ['coordinator', '/roster'],
    ['coordinator', '/forms'],
    ['resident-li', '/'],
    ['resident-li', '/kept'],
    ['resident-li', '/nowhere'],
  ]
  return found.filter((one): one is [string, string] => !!one)
}

test('one press signs in, and the whole name of the app is on the page', async ({ page }) => {
  await signInAs(page, 'grid-huaishu-1')
  await expect(page).toHaveTitle(/邻里|Linli/)
  await expect(page.getByRole('navigation').first()).toBeVisible()
})

test('a wrong password is refused in words', async ({ page }) => {
  await page.goto('/signin')
  await page.getByLabel(/账户名|Account name/).fill('nobody')
  await page.getByLabel(/密码|Password/).fill('wrong wrong wrong')
  await page.locator('button[type=submit]').click()
  await expect(page.getByRole('alert')).toContainText(/[\u4e00-\u9fff]/)
})

test('the first press of the tab key offers to skip to the content', async ({ page }) => {
  await becomes(page, 'coordinator')
  await page.goto('/modes')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
  await page.keyboard.press('Tab')
  const skip = page.locator('.skip')
  await expect(skip).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.locator('#main')).toBeFocused()
})

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const [theme, language] of [['light', 'zh-Hans'], ['dark', 'zh-Hans'], ['light', 'en'], ['dark', 'en']] as const) {
    test(`every page is accessible: ${size}, ${theme}, ${language}`, async ({ page }) => {
      test.setTimeout(240_000)
      await page.setViewportSize(viewport)
      await page.addInitScript(([a, b]) => {
        localStorage.setItem('linli-theme', a!)
        localStorage.setItem('linli-language', b!)
      }, [theme, language])
      const all = await addresses(page)
      await page.context().clearCookies()
      await page.goto('/signin')
      await expect(page.locator('[data-account]').first()).toBeVisible()
      await expectAccessible(page, 'sign in')
      await page.goto('/signin?openid=openid_unlinked&subject=somebody')
      await expect(page.getByRole('alert')).toContainText('somebody')
      await expectAccessible(page, 'sign in, known to a provider and to nobody here')
      let who = ''
      for (const [account, path] of all) {
        if (who !== account) await becomes(page, account)
        who = account
        await page.goto(path)
        await expect(page.getByRole('heading', { level: 1 }), path).toBeVisible()
        await expect(page.locator('.bones'), path).toHaveCount(0)
        await expectNoOverflow(page, path)
        await expectAccessible(page, path)
        const asks = page.locator('[data-action]:enabled').first()
        if (await asks.count()) {
          await asks.click()
          await expect(page.getByRole('dialog')).toBeVisible()
          await page.getByRole('dialog').evaluate((dialog) => Promise.allSettled(dialog.getAnimations({ subtree: true }).map((one) => one.finished)))
          await expectNoOverflow(page, `${path}, asked what is to be done`)
          await expectAccessible(page, `${path}, asked what is to be done`)
        }
      }
    })
  }
}
