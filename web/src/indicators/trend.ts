/** The last days of figures that are counted by the day, so that they can be drawn. */
import { ref, watch, type Ref } from 'vue'
import { api, ask, type Wire } from '@/api/client'

/** How many days are drawn. */
export const DAYS = 14

/** The days up to and with one (`2026-11-24`), the first first. */
export function daysUpTo(last: string, count = DAYS): string[] {
  const end = new Date(`${last}T12:00:00Z`).getTime()
  return Array.from({ length: count }, (_, i) => new Date(end - (count - 1 - i) * 86_400_000).toISOString().slice(0, 10))
}

/** Bars of equal width in a box, as heights from 0 to 1; all of nothing stays nothing. */
export function heights(values: readonly number[]): number[] {
  const most = Math.max(...values, 0)
  return values.map((value) => (most > 0 ? Math.max(value, 0) / most : 0))
}

/** Days that are over change seldom: they are fetched once while the app is open. */
const over = new Map<string, Promise<Wire['Figure'][]>>()

function figuresOf(place: string, day: string): Promise<Wire['Figure'][]> {
  const key = `${place} ${day}`
  let found = over.get(key)
  if (!found) {
    found = ask(api.GET('/api/indicators', { params: { query: { place, day } } })).then((page) => page.indicators)
    found.catch(() => over.delete(key))
    over.set(key, found)
  }
  return found
}

/** For every figure of the day at a place: its values on the days before, today's last. */
export function useTrends(place: () => string, today: () => readonly Wire['Figure'][]): Ref<Map<string, number[]>> {
  const trends = ref(new Map<string, number[]>())
  watch(
    () => [place(), today()] as const,
    async ([at, now]) => {
      const daily = now.filter((figure) => figure.day)
      const last = daily[0]?.day
      if (!last) return
      const before = await Promise.all(daysUpTo(last).slice(0, -1).map((day) => figuresOf(at, day))).catch(() => undefined)
      if (!before || at !== place()) return
      trends.value = new Map(daily.map((figure) => [figure.id, [...before.map((page) => page.find((one) => one.id === figure.id)?.value ?? 0), figure.value]]))
    },
    { immediate: true },
  )
  return trends
}
