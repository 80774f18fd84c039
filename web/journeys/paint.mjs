// Measures the app in Chromium for the benchmark: bytes over the wire and time until something
// useful is seen, of the sign-in page and of the day, cold and warm. Prints JSON.
import { chromium } from '@playwright/test'

const base = process.argv[2]
const rounds = 5
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })

/** Opens a page in a context; bytes and milliseconds until the selector is seen. */
async function open(context, path, selector) {
  const page = await context.newPage()
  const devtools = await context.newCDPSession(page)
  await devtools.send('Network.enable')
  let bytes = 0
  devtools.on('Network.loadingFinished', (event) => { bytes += event.encodedDataLength })
  const began = performance.now()
  await page.goto(base + path, { waitUntil: 'commit' })
  await page.locator(selector).first().waitFor({ state: 'visible' })
  const milliseconds = performance.now() - began
  await page.waitForLoadState('networkidle')
  await page.close()
  return { kilobytes: bytes / 1000, milliseconds }
}

async function measure(name, path, selector, { signIn, warm }) {
  const found = { name, kilobytes: [], milliseconds: [] }
  for (let round = 0; round < rounds; round++) {
    const context = await browser.newContext({ serviceWorkers: 'block', locale: 'zh-CN' })
    if (signIn) {
      const people = await (await context.request.get(`${base}/api/demo/people`)).json()
      const who = people.people.find((it) => it.role.en === 'Grid worker')
      await context.request.post(`${base}/api/demo/session`, { data: { account: who.account } })
    }
    if (warm) await open(context, path, selector)
    const { kilobytes, milliseconds } = await open(context, path, selector)
    found.kilobytes.push(kilobytes)
    found.milliseconds.push(milliseconds)
    await context.close()
  }
  return found
}

const pages = [
  await measure('sign-in page, cold', '/', 'main button', {}),
  await measure('sign-in page, warm', '/', 'main button', { warm: true }),
  await measure('my day, cold', '/', 'main h1', { signIn: true }),
  await measure('my day, warm', '/', 'main h1', { signIn: true, warm: true }),
]
await browser.close()
console.log(JSON.stringify(pages))
