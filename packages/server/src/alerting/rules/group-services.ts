import type { ReportedAlert } from '../../model/alert.ts'
import type { JournalEntry } from '../../store/journal/journal-store.ts'
import type { AlertMemory } from '../alerts/kept-alerts.ts'
import type { Rule } from './rule.ts'
import type { RuleQueries, WantedAnswer } from './rule-answer.ts'
import type { RuleSample } from './rule-samples.ts'

/** What a group's evaluation needs of the server. */
export interface GroupServices {
  /**
   * Opens the answers of one evaluation. What the wanted ones need of the store is read in one pass; a fault of one is told
   * to whoever asks for it. Rejects only when `signal` is aborted.
   */
  readonly queries: (wanted: readonly WantedAnswer[], signal: AbortSignal) => Promise<RuleQueries>
  /** Resolves when the samples can be queried. */
  readonly write: (samples: readonly RuleSample[], timeMs: number) => Promise<void>
  readonly alerts: AlertServices
  readonly intervalMs: number
  readonly queryOffsetMs: number
  readonly now: () => number
  /** Told of each fault once, until it changes. */
  readonly fault: (rule: Rule, message: string) => void
}

/** What becomes of alerts. */
export interface AlertServices {
  readonly memory: AlertMemory
  /** Takes alerts on their way to those who notify. Never waits and never throws. */
  readonly report: (alerts: readonly ReportedAlert[]) => void
  /** Takes what the journal keeps of evaluations. Never waits and never throws. */
  readonly history: (entries: readonly JournalEntry[]) => void
  /** Told when the state of alerts could not be written. */
  readonly notKept: (error: unknown) => void
  /** Labels of every alert that is reported, and `$externalLabels` of templates. */
  readonly externalLabels: ReadonlyMap<string, string>
  /** Where people reach the server: `https://girok.example/base`. */
  readonly externalUrl: () => string
  /** How often a firing alert is reported anew. */
  readonly resendDelayMs: number
}
