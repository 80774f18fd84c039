/** Sends a roster's bytes and says how far they are. */
import { csrfToken, type Wire } from '@/api/client'
import { send } from '@/api/send'
import type { Language } from '@/time/format'

/** The size of a file as people say it. */
export function sizeOf(bytes: number, language: Language): string {
  const [value, unit] = bytes < 1_000_000 ? [bytes / 1000, 'KB'] : [bytes / 1_000_000, 'MB']
  return `${new Intl.NumberFormat(language === 'en' ? 'en-GB' : 'zh-CN', { maximumFractionDigits: 1 }).format(value)} ${unit}`
}

/** Sends it; `told` hears the part that has gone out, 1 from when the server is reading. */
export function upload(ledger: string, file: Blob, told: (part: number) => void): Promise<Wire['RosterReceipt']> {
  return send<Wire['RosterReceipt']>(`/api/roster?ledger=${encodeURIComponent(ledger)}`, file, { csrf: csrfToken(), told })
}
