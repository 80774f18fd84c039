/**
 * What is known about somebody, on this device: fetched when somebody looks at a household, so that
 * a form about it is filled in a cellar without asking again what is known.
 */
import { NetworkLost, Refused } from '@/api/problems'
import { knownShelf } from '@/outbox/shelf'
import { fetchKnown, type FormEntry, type KnownValue } from './records'

/** How long somebody waits for what is known before a form opens without it. */
const PATIENCE_MS = 8_000

/** How long what was fetched ahead is not fetched again: each look at somebody is written down. */
const FRESH_MS = 10 * 60_000
const fetched = new Map<string, number>()

function keyOf(account: string, ledger: string, form: string, whom: string): string {
  return [account, ledger, form, whom].join(' ')
}

/** What is known about somebody for a form; without a network, what was known before. */
export async function knownOf(account: string, ledger: string, form: FormEntry, whom: string): Promise<KnownValue[]> {
  if (!whom || !form.may_be_known) return []
  const key = keyOf(account, ledger, form.id, whom)
  try {
    const values = await within(fetchKnown(ledger, form.id, whom), PATIENCE_MS)
    await knownShelf.write(key, values).catch(() => undefined)
    fetched.set(key, Date.now())
    return values
  } catch (error) {
    if (error instanceof NetworkLost) return ((await knownShelf.read(key).catch(() => undefined))?.value as KnownValue[] | undefined) ?? []
    // Whoever may not see what is known fills the form from nothing.
    if (error instanceof Refused) return []
    throw error
  }
}

/** Fetches it for later, one after the other: whoever looks at a household does not wait for it. */
export async function knowAhead(account: string, ledger: string, forms: readonly FormEntry[], whom: Readonly<Record<string, readonly string[]>>): Promise<void> {
  for (const form of forms) {
    for (const id of whom[form.subject] ?? []) {
      const one = `${form.subject}:${id}`
      const last = fetched.get(keyOf(account, ledger, form.id, one)) ?? 0
      if (Date.now() - last > FRESH_MS) await knownOf(account, ledger, form, one)
    }
  }
}

/** Lets go of it: what was sent is nobody's to keep on a device. */
export async function forgetKnown(account: string, ledger: string, form: string, whom: string): Promise<void> {
  const key = keyOf(account, ledger, form, whom)
  fetched.delete(key)
  await knownShelf.remove(key)
}

/** A network that hardly answers is as good as none. */
function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  return Promise.race([promise, new Promise<T>((_resolve, reject) => setTimeout(() => reject(new NetworkLost()), ms))])
}
