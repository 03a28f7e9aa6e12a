import type { InputContext } from '../model/input.ts'
import { type Plan, plan, planText, type Safe } from './plan.ts'
import type { CompiledRule } from './rule.ts'
import { type Done, run } from './run.ts'
import { daily } from './schedule.ts'

export { type Action, type Plan, plan, planText, type Safe } from './plan.ts'
export { type CompiledRule, compileRule, type HousekeepingRule, housekeepingRule } from './rule.ts'
export { type Done, run } from './run.ts'

export interface RuleStatus {
  /** Milliseconds since the epoch; undefined: not run yet. */
  readonly lastMs: number | undefined
  /** Of the last run; undefined for a dry run. */
  readonly done: Done | undefined
  readonly running: boolean
}

export interface Housekeeper {
  start(): void
  /** Runs all rules now, one after the other. Never rejects. */
  runNow(): Promise<void>
  /** What all rules would do now, a line each. */
  dryRun(): Promise<string>
  /** Resolves when what goes on has ended; a half-made archive is removed. */
  stop(): Promise<void>
  status(): readonly RuleStatus[]
}

export interface HousekeeperOptions {
  readonly rules: readonly CompiledRule[]
  /** Whether the agent has read and delivered all of a file. */
  readonly safe: Safe
  readonly log: InputContext['log']
  readonly now?: () => number
}

/** Runs rules each day at their time, never two at once. */
export function createHousekeeper({ rules, safe, log, now = Date.now }: HousekeeperOptions): Housekeeper {
  const over = new AbortController()
  const states = rules.map((rule) => ({
    rule,
    status: { lastMs: undefined, done: undefined, running: false } as RuleStatus,
  }))
  let ends: (() => void)[] = []
  let queue: Promise<void> = Promise.resolve()

  const inTurn = (state: (typeof states)[number]): Promise<void> => {
    queue = queue.then(() => keep(state))
    return queue
  }

  async function keep(state: (typeof states)[number]): Promise<void> {
    if (over.signal.aborted) return
    const { rule } = state
    state.status = { ...state.status, running: true }
    let done: Done | undefined
    try {
      const planned = await plan(rule, now(), safe)
      if (rule.dryRun) tellDryRun(planned)
      else {
        done = await run(rule, planned, safe, over.signal)
        tell(done)
      }
    } catch (error) {
      log('error', `housekeeping: ${(error as Error).message}`)
    }
    state.status = { lastMs: now(), done, running: false }
  }

  function tellDryRun(planned: Plan): void {
    for (const line of planText(planned).split('\n')) if (line !== '') log('info', `housekeeping would: ${line}`)
  }

  function tell({ faults, ...counts }: Done): void {
    for (const fault of faults) log('error', `housekeeping: ${fault}`)
    if (Object.values(counts).some((count) => count !== 0)) log('info', 'housekeeping done', counts)
  }

  return {
    start() {
      ends = states.map((state) => daily(state.rule.at, now, () => void inTurn(state)))
    },
    async runNow() {
      for (const state of states) void inTurn(state)
      await queue
    },
    async dryRun() {
      const texts = []
      for (const { rule } of states) texts.push(planText(await plan(rule, now(), safe)))
      return texts.join('')
    },
    async stop() {
      for (const end of ends) end()
      over.abort()
      await queue
    },
    status: () => states.map(({ status }) => status),
  }
}
