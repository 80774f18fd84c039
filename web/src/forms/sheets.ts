/** What is wrong with a workbook, in the order in which somebody mends it: sheet by sheet, from the top. */
import type { WorkbookProblem } from './records'

export interface Sheet {
  /** Its name; empty for what concerns the whole workbook. */
  name: string
  errors: number
  problems: WorkbookProblem[]
}

/** The sheets with something on them, those with errors first as the workbook has them. */
export function bySheet(problems: readonly WorkbookProblem[]): Sheet[] {
  const sheets = new Map<string, Sheet>()
  for (const problem of problems) {
    const name = problem.sheet ?? ''
    const sheet = sheets.get(name) ?? { name, errors: 0, problems: [] }
    sheet.problems.push(problem)
    if (problem.severity === 'error') sheet.errors++
    sheets.set(name, sheet)
  }
  const found = [...sheets.values()]
  for (const sheet of found) sheet.problems.sort((a, b) => (a.row ?? 0) - (b.row ?? 0))
  // What concerns the whole workbook comes before its sheets.
  return found.sort((a, b) => Number(b.name === '') - Number(a.name === ''))
}

const READABLE = /\.(xlsx|xlsm|xls|csv|md)$/i

/** Whether a file may be a workbook, by its name. */
export function isReadable(name: string): boolean {
  return READABLE.test(name)
}

/** Whether a change may cost answers that were given to whoever reads by the new version. */
export function costs(what: string): boolean {
  return ['removed', 'choice_removed', 'narrowed', 'retyped'].includes(what)
}
