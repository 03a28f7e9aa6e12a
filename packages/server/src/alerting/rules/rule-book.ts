import { GirokError } from '../../model/errors.ts'
import type { RuleBook } from '../../model/rules.ts'
import { GroupRun } from './group-run.ts'
import type { GroupServices } from './group-services.ts'
import type { RuleGroup } from './rule.ts'
import { bodyOf } from './rule-body.ts'
import { createRuleFiles, type RuleFileSource } from './rule-files.ts'
import { offsetInInterval, startTicks, type Ticks } from './schedule.ts'
import type { StoredGroups, StoredRules } from './stored-groups.ts'

export interface RuleBookOptions extends Omit<GroupServices, 'fault'> {
  /** Where files of each language are, asked for at each look. Throws an Error that is written for users. */
  readonly sources: () => readonly RuleFileSource[]
  /** Groups that are kept in the store; absent: there are none. */
  readonly stored?: Pick<StoredGroups, 'refresh' | 'known'>
  /** How often files and the store are looked at. */
  readonly pollMs: number
  readonly log: (
    level: 'info' | 'warning' | 'error',
    message: string,
    fields?: Readonly<Record<string, unknown>>,
  ) => void
  /** Counted: evaluations of groups, faults of rules, evaluations left out. */
  readonly count: (what: 'evaluations' | 'failures' | 'missed', group: string, amount?: number) => void
}

/** Evaluates the rules of files and of the store, and takes up what changes. */
export interface RunningRules extends RuleBook {
  /** Rejects with `bad_request` that names every fault when a file is broken: a start is the time to mend it. */
  start(): Promise<void>
  /** Resolves when no evaluation is under way. Series keep their last values: after a restart they go on. */
  stop(): Promise<void>
}

interface Entry {
  readonly run: GroupRun
  readonly ticks: Ticks
}

/** How long alerts that were kept wait for a rule that is not there: a file may come a little later than the server. */
const UNTAKEN_MS = 3_600_000

export function createRuleBook(options: RuleBookOptions): RunningRules {
  const { log, count } = options
  const look = createRuleFiles(options.sources)
  let entries = new Map<string, Entry>()
  let fileFaults: readonly string[] = []
  let ofFiles: readonly RuleGroup[] = []
  let files: ReadonlySet<string> = new Set()
  let ofStore: StoredRules = { groups: [], faults: [] }
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let forgetter: NodeJS.Timeout | undefined
  let queue: Promise<unknown> = Promise.resolve()

  function open(group: RuleGroup, before: GroupRun | undefined): Entry {
    const run = new GroupRun(group, {
      ...options,
      fault(rule, message) {
        count('failures', group.name)
        log('warning', 'a rule could not be evaluated', { group: group.name, rule: rule.name, error: message })
      },
    })
    if (before !== undefined) run.inherit(before)
    const ticks = startTicks(
      { intervalMs: run.intervalMs, offsetMs: offsetInInterval(group, run.intervalMs) },
      async (timeMs, signal) => {
        count('evaluations', group.name)
        await run.evaluate(timeMs, signal)
      },
      (left) => {
        run.missed += left
        count('missed', group.name, left)
        log('warning', 'evaluations of a rule group took longer than its interval', { group: group.name, left })
      },
      options.now,
    )
    return { run, ticks }
  }

  /** Puts the groups in force that there are now. Those that are the same go on as they were. */
  async function apply(): Promise<void> {
    const wanted = new Map([...ofFiles, ...ofStore.groups].map((group) => [keyOf(group), group]))
    const left = [...entries].filter(([key, { run }]) => {
      const group = wanted.get(key)
      return group === undefined || !isSame(run.group, group)
    })
    await Promise.all(left.map(([, { ticks }]) => ticks.stop()))
    const changed = new Set(left.map(([key]) => key))
    const next = new Map<string, Entry>()
    for (const [key, group] of wanted) {
      const before = entries.get(key)
      next.set(key, before === undefined || changed.has(key) ? open(group, before?.run) : before)
    }
    entries = next
    await end(left.flatMap(([key, { run }]) => (wanted.has(key) ? [] : [run])))
  }

  /** Ends what removed groups have left. */
  async function end(runs: readonly GroupRun[]): Promise<void> {
    if (runs.length === 0) return
    const endings = runs.flatMap((run) => run.endings())
    try {
      if (endings.length > 0) await options.write(endings, options.now())
      await options.alerts.memory.put(runs.flatMap((run) => run.forgottenAlerts()))
    } catch (error) {
      const groups = runs.map(({ group }) => group.name)
      log('warning', 'what removed rule groups have left could not be ended', { groups, error })
    }
  }

  async function load(found = look()): Promise<void> {
    fileFaults = found.faults
    if (fileFaults.length > 0) {
      if (timer !== undefined) log('error', 'changed rules are not used', { faults: fileFaults })
      throw new GirokError('bad_request', fileFaults.join('\n'))
    }
    ofFiles = found.groups
    files = new Set(ofFiles.map(({ file }) => file))
    await refreshStored()
    ofStore = storedNow()
    await apply()
    log('info', 'rules are in force', { groups: entries.size })
  }

  /** A store that does not answer leaves what was in force: it is asked again soon. */
  async function refreshStored(): Promise<void> {
    try {
      await options.stored?.refresh()
    } catch (error) {
      log('error', 'the rule groups of the store could not be read', { error })
    }
  }

  function storedNow(): StoredRules {
    const found = options.stored?.known() ?? ofStore
    const unknown = found.faults.filter((fault) => !ofStore.faults.includes(fault))
    if (unknown.length > 0) log('error', 'rule groups of the store cannot be read', { faults: unknown })
    return found
  }

  async function takeUpStored(): Promise<void> {
    const before = ofStore
    ofStore = storedNow()
    if (ofStore !== before) await apply()
  }

  async function forget(): Promise<void> {
    await options.alerts.memory.forgetUntaken().catch((error: unknown) => {
      log('warning', 'alerts of rules that are no more could not be removed', { error })
    })
  }

  /** One load after another; after the end none. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const done = queue.then(async () => {
      if (!stopped) await work()
    })
    queue = done.catch(() => undefined)
    return done
  }

  async function poll(): Promise<void> {
    await inTurn(async () => {
      const found = look()
      if (found.changed) return await load(found)
      await refreshStored()
      await takeUpStored()
    }).catch((error: unknown) => {
      // Faults of the files are told already.
      if (!(error instanceof GirokError)) log('error', 'files of rules could not be looked at', { error })
    })
  }

  return {
    async start() {
      const broken = await options.alerts.memory.load()
      if (broken.length > 0) log('error', 'alerts that were kept cannot be read', { entries: broken.length })
      await inTurn(() => load())
      forgetter = setTimeout(() => void forget(), UNTAKEN_MS)
      forgetter.unref()
      timer = setInterval(() => void poll(), options.pollMs)
      timer.unref()
    },
    async stop() {
      clearInterval(timer)
      clearTimeout(forgetter)
      stopped = true
      await queue
      await Promise.all([...entries.values()].map(({ ticks }) => ticks.stop()))
    },
    reload: () => inTurn(() => load()),
    files: () => files,
    storedChanged: () => inTurn(takeUpStored),
    faults: () => [...fileFaults, ...ofStore.faults],
    groups: () => [...entries.values()].map(({ run }) => run.view()),
  }
}

function keyOf({ origin, language, file, name }: RuleGroup): string {
  return JSON.stringify([origin, language, file, name])
}

/** Two groups with the same text are the same group: it goes on as it was. */
function isSame(a: RuleGroup, b: RuleGroup): boolean {
  return a === b || JSON.stringify(bodyOf(a)) === JSON.stringify(bodyOf(b))
}
