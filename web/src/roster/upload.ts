/** Sends a roster's bytes and says how far they are; the one place where a file goes to the server. */
import { csrfToken, type Wire } from '@/api/client'
import { NetworkLost, problemOf, Refused } from '@/api/problems'
import type { Language } from '@/time/format'

/** The size of a file as people say it. */
export function sizeOf(bytes: number, language: Language): string {
  const [value, unit] = bytes < 1_000_000 ? [bytes / 1000, 'KB'] : [bytes / 1_000_000, 'MB']
  return `${new Intl.NumberFormat(language === 'en' ? 'en-GB' : 'zh-CN', { maximumFractionDigits: 1 }).format(value)} ${unit}`
}

/** Sends it; `told` hears the part that has gone out, 1 from when the server is reading. */
export function upload(ledger: string, file: Blob, told: (part: number) => void): Promise<Wire['RosterReceipt']> {
  return new Promise((resolve, reject) => {
    // fetch cannot say how much of a body has gone out.
    const request = new XMLHttpRequest()
    request.open('POST', `/api/roster?ledger=${encodeURIComponent(ledger)}`)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.setRequestHeader('x-csrf', csrfToken())
    request.responseType = 'json'
    request.upload.addEventListener('progress', (event) => event.lengthComputable && told(event.loaded / event.total))
    request.upload.addEventListener('load', () => told(1))
    request.addEventListener('error', () => reject(new NetworkLost()))
    request.addEventListener('load', () => {
      if (request.status === 200) resolve(request.response as Wire['RosterReceipt'])
      else reject(new Refused(problemOf(request.response, request.status)))
    })
    request.send(file)
  })
}
