/** Which figures are drawn big, and which are only named. */
import type { Wire } from '@/api/client'

type Figure = Wire['Figure']

/** Figures that say something now or did in the last days first, those that never end by the day before others. */
export function boardOf(figures: readonly Figure[], trends: ReadonlyMap<string, readonly number[]>, few?: number): { telling: Figure[]; nothing: Figure[] } {
  const says = (figure: Figure) => figure.value !== 0 || (trends.get(figure.id) ?? []).some((value) => value !== 0)
  const telling = figures.filter(says).sort((a, b) => Number(!!a.day) - Number(!!b.day))
  // A few: half of what stands now, half of what the days bring.
  const [standing, daily] = [telling.filter((figure) => !figure.day), telling.filter((figure) => figure.day)]
  const picked = few ? [...standing.slice(0, Math.max(few / 2, few - daily.length)), ...daily].slice(0, few) : telling
  return { telling: picked, nothing: figures.filter((figure) => !says(figure)) }
}
