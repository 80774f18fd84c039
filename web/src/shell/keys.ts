/** Shortcuts: single keys, never while somebody writes, and none that a screen reader needs. */
export interface Shortcut {
  keys: string
  word: string
  /** The page that it opens, if it opens one. */
  page?: string
}

export const SHORTCUTS: readonly Shortcut[] = [
  { keys: '?', word: 'keys.list' },
  { keys: '/', word: 'keys.search' },
  { keys: 'n', word: 'keys.new', page: 'new-case' },
  { keys: 'g d', word: 'ways.day', page: 'day' },
  { keys: 'g c', word: 'ways.cases', page: 'cases' },
  { keys: 'g p', word: 'ways.places', page: 'places' },
  { keys: 'g f', word: 'ways.forms', page: 'forms' },
  { keys: 'g m', word: 'ways.modes', page: 'modes' },
  { keys: 'g t', word: 'ways.tables', page: 'tables' },
  { keys: 'g s', word: 'ways.stock', page: 'stock' },
  { keys: 'g o', word: 'ways.outbox', page: 'outbox' },
]

/** How long after `g` the second key may come. */
const PATIENCE_MS = 1_500

/** Whether somebody is writing there, or a dialog holds the keys. */
export function isWriting(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null
  return !!element?.closest?.('input, textarea, select, [contenteditable], [role=combobox], [role=dialog], [role=listbox]')
}

/** Reads keys one by one; says the shortcut when one is complete. */
export class Keys {
  private first = ''
  private at = 0

  press(key: string, now: number): Shortcut | undefined {
    const said = this.first && now - this.at < PATIENCE_MS ? `${this.first} ${key}` : key
    const found = SHORTCUTS.find((shortcut) => shortcut.keys === said) ?? SHORTCUTS.find((shortcut) => shortcut.keys === key)
    this.first = !found && SHORTCUTS.some((shortcut) => shortcut.keys.startsWith(`${key} `)) ? key : ''
    this.at = now
    return found
  }
}
