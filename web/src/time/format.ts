/** Times, days and lengths of time, as people say them in both languages. */
export type Language = 'zh-Hans' | 'en'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const made = new Map<string, Intl.DateTimeFormat>()

function formatter(language: Language, name: string, options: Intl.DateTimeFormatOptions, zone?: string): Intl.DateTimeFormat {
  const key = `${language} ${name} ${zone ?? ''}`
  let found = made.get(key)
  if (!found) {
    found = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : 'zh-CN', { ...options, timeZone: zone })
    made.set(key, found)
  }
  return found
}

/** `11月23日 14:05` · `23 Nov, 14:05`; with the year when it is another one. */
export function instant(at: string | Date, language: Language, now = new Date(), zone?: string): string {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return ''
  const otherYear = date.getFullYear() !== now.getFullYear()
  return formatter(
    language,
    otherYear ? 'instant-year' : 'instant',
    { year: otherYear ? 'numeric' : undefined, month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false },
    zone,
  ).format(date)
}

/** `2026年11月23日` · `23 November 2026`, from `2026-11-23`. */
export function day(on: string, language: Language): string {
  const date = new Date(`${on.slice(0, 10)}T12:00:00Z`)
  if (Number.isNaN(date.getTime())) return on
  return formatter(language, 'day', { year: 'numeric', month: 'long', day: 'numeric' }, 'UTC').format(date)
}

/** `11月23日 星期一` · `Monday 23 November`. */
export function weekday(at: string | Date, language: Language): string {
  return formatter(language, 'weekday', { weekday: 'long', month: 'long', day: 'numeric' }).format(new Date(at))
}

/** `2小时30分钟` · `2 h 30 min`: a length of time, at most two units. */
export function minutes(amount: number, language: Language): string {
  const zh = language !== 'en'
  const days = Math.floor(amount / 1440)
  const hours = Math.floor((amount % 1440) / 60)
  const rest = Math.round(amount % 60)
  const parts: string[] = []
  if (days) parts.push(zh ? `${days}天` : days === 1 ? '1 day' : `${days} days`)
  if (hours) parts.push(zh ? `${hours}小时` : `${hours} h`)
  if (rest && !days) parts.push(zh ? `${rest}分钟` : `${rest} min`)
  if (parts.length === 0) return zh ? '0分钟' : '0 min'
  return parts.slice(0, 2).join(zh ? '' : ' ')
}

/** How far away an instant is: `3小时后` · `in 3 h`; `2天前` · `2 days ago`. */
export function distance(at: string | Date, language: Language, now = new Date()): string {
  const ms = new Date(at).getTime() - now.getTime()
  if (Number.isNaN(ms)) return ''
  const zh = language !== 'en'
  const far = Math.abs(ms)
  if (far < MINUTE) return zh ? '刚刚' : 'just now'
  const whole = far < HOUR ? Math.floor(far / MINUTE) : far < DAY ? Math.floor(far / HOUR) * 60 : Math.floor(far / DAY) * 1440
  const length = minutes(whole, language)
  if (ms > 0) return zh ? `${length}后` : `in ${length}`
  return zh ? `${length}前` : `${length} ago`
}

/** How late something is: `逾期2天` · `2 days late`; how long is left: `还有3小时` · `3 h left`. */
export function deadline(due: string | Date, language: Language, now = new Date()): string {
  const ms = new Date(due).getTime() - now.getTime()
  const zh = language !== 'en'
  const far = Math.max(Math.abs(ms), MINUTE)
  const whole = far < HOUR ? Math.floor(far / MINUTE) : far < DAY ? Math.floor(far / HOUR) * 60 : Math.floor(far / DAY) * 1440
  const length = minutes(whole, language)
  if (ms < 0) return zh ? `逾期${length}` : `${length} late`
  return zh ? `还有${length}` : `${length} left`
}

/** A figure: `12,345`, at most one digit behind the point. */
export function figure(value: number, language: Language): string {
  return new Intl.NumberFormat(language === 'en' ? 'en-GB' : 'zh-CN', { maximumFractionDigits: 1 }).format(value)
}

/** The end of a day (`2026-11-24`) on this device, as an instant for the wire. */
export function endOfDay(on: string): string {
  return new Date(`${on}T23:59:59`).toISOString()
}

/** An instant for a field of type datetime-local, in the device's own time. */
export function toLocalField(at: Date): string {
  const two = (n: number) => String(n).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`
}

/** What a field of type datetime-local says, as an instant for the wire. */
export function fromLocalField(text: string): string | undefined {
  const at = new Date(text)
  return text && !Number.isNaN(at.getTime()) ? at.toISOString() : undefined
}
