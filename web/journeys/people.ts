/** What the journeys' people do with their hands: sign in, fill what is asked, press. */
import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Locator, type Page } from '@playwright/test'

/** Signs in by one press on the demo's gallery. */
export async function signInAs(page: Page, account: string): Promise<void> {
  await page.context().clearCookies()
  await page.goto('/signin')
  await page.locator(`[data-account="${account}"]`).click()
  await page.waitForURL((url) => url.pathname !== '/signin')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
}

/** The same person signs in without looking at the page, for journeys about other things. */
export async function becomes(page: Page, account: string): Promise<void> {
  await page.context().clearCookies()
  const answer = await page.request.post('/api/demo/session', { data: { account }, maxRetries: 2 })
  expect(answer.ok()).toBe(true)
}

/** Answers every question that must be answered, whatever it is: packs differ, people cope. */
export async function answerAll(frame: Locator, text: string): Promise<void> {
  for (const field of await frame.locator('.field').all()) {
    const box = field.locator('textarea, input:not([type=radio]):not([type=checkbox])')
    if (await field.locator('input[type=radio]').count()) await field.locator('label.option').first().click()
    else if (await field.locator('textarea').count()) await field.locator('textarea').fill(text)
    else if (await field.getByRole('combobox').count()) {
      await field.getByRole('combobox').click()
      await frame.page().getByRole('option').first().click()
    } else if (await box.count()) await answerBox(box.first())
  }
}

async function answerBox(box: Locator): Promise<void> {
  if (await box.inputValue()) return
  const type = await box.getAttribute('type')
  const ahead = new Date(Date.now() + 2 * 86_400_000).toISOString()
  if (type === 'date') await box.fill(ahead.slice(0, 10))
  else if (type === 'datetime-local') await box.fill(ahead.slice(0, 16))
  else await box.fill('36')
}

/** Presses an action of a case and answers what it asks. */
export async function act(page: Page, action: string, text = '都看过了，没有问题'): Promise<void> {
  await page.locator(`[data-action="${action}"]`).click()
  const dialog = page.getByRole('dialog')
  await answerAll(dialog, text)
  await dialog.locator('button[type=submit]').click()
  await expect(dialog).toBeHidden()
}

/** Nobody is shut out: no violation of WCAG 2.2 AA that a machine can find. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
  const said = violations.map((found) => `${found.id}: ${found.nodes.map((node) => node.target.join(' ')).slice(0, 4).join(' | ')}`)
  expect(said, where).toEqual([])
}

/** Nothing is wider than the screen. */
export async function expectNoOverflow(page: Page, where: string): Promise<void> {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect(over, where).toBeLessThanOrEqual(0)
}

/** What the server says to this session. */
export async function read<T>(page: Page, path: string): Promise<T> {
  const answer = await page.request.get(path, { maxRetries: 2 })
  expect(answer.ok(), path).toBe(true)
  return (await answer.json()) as T
}

/** Answers the questions named: a choice by its id, a thing to choose by the words on it. */
export async function answer(frame: Locator, answers: Record<string, string | RegExp>): Promise<void> {
  for (const [element, value] of Object.entries(answers)) {
    const field = frame.locator(`[data-element="${element}"]`)
    if (await field.getByRole('combobox').count()) {
      await field.getByRole('combobox').click()
      await frame.page().getByRole('option', { name: value }).first().click()
    } else if (await field.locator('input[type=radio]').count()) {
      if (typeof value === 'string') await field.locator(`input[value="${value}"]`).check()
      else await field.locator('label.option', { hasText: value }).first().click()
    } else await field.locator('textarea, input').first().fill(String(value))
  }
}

/** A question of a form that is filled, by its words. */
export function question(page: Page, words: RegExp): Locator {
  return page.locator('.odk-form .question-container', { hasText: words })
}

/** Answers questions of a form by their words: a choice by what stands on it, anything else by writing. */
export async function fillForm(page: Page, answers: readonly [words: RegExp, value: string][]): Promise<void> {
  await expect(page.locator('.odk-form')).toBeVisible({ timeout: 30_000 })
  for (const [words, value] of answers) {
    const asked = question(page, words)
    const choice = asked.getByText(value, { exact: true })
    if (await choice.count()) await choice.click()
    else await asked.locator('input, textarea').first().fill(value)
  }
}

/** Sends a form that is filled. */
export async function sendForm(page: Page): Promise<void> {
  await page.locator('.odk-form .footer button').click()
}

/** Waits until the forms of somebody's place are on the device, whole: then they need no network. */
export async function keepsForms(page: Page): Promise<void> {
  await page.goto('/forms')
  await page.evaluate(() => navigator.serviceWorker.ready)
  await expect(page.getByTestId('keeping')).toContainText(/没有网络也能填|need(s)? no network/, { timeout: 60_000 })
}
