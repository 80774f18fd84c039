/** What the app asks before it gives commands: a title, what will happen, the questions. */
import type { Command } from '@/api/commands'
import type { Draft, FieldSpec } from './fields'

export interface Ask {
  title: string
  /** What will happen, and how it can be taken back. */
  lead?: string
  fields: readonly FieldSpec[]
  /** The words on the button that does it. */
  label: string
  /** Whether it takes something away from somebody. */
  harms?: boolean
  ledger: string
  /** Answers that stand there already. */
  draft?: Draft
  commands: (answers: Record<string, unknown>) => Command[]
  /** What is said when it is done. */
  done: string
}
