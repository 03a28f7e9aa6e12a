import { GirokError } from '../../model/errors.ts'
import type { RuleBook, RuleLanguage } from '../../model/rules.ts'
import { GroupRun } from './group-run.ts'
import type { GroupServices } from './group-services.ts'
import type { RuleGroup } from './rule.ts'
import { readRuleFile } from './rule-file.ts'
import { findRuleFiles } from './rule-paths.ts'
import { offsetInInterval, startTicks, type Ticks } from './schedule.ts'

export interface RuleBookOptions extends Omit<GroupServices, 'fault'> {
  /** Where files of each language are, asked for at each look. Throws an Error that is written for users. */
  readonly sources: () => readonly RuleFileSource[]
  /** Groups that are kept in the store, the same list as long as nothing changes; absent: there are none. */
  readonly stored?: () => Promise<{ readonly groups: readonly RuleGroup[]; readonly faults: readonly string[] }>
  /** How often files are looked at. */
  readonly pollMs: number
  readonly log: (
    level: 'info' | 'warning' | 'error',
    message: string,
    fields?: Readonly<Record<string, unknown>>,
  ) => void
  /** Counted: evaluations of groups, faults of rules, evaluations left out. */
  readonly count: (what: 'evaluations' | 'failures' | 'missed', group: string, amount?: number) => void
}

export interface RuleFileSource {
  readonly language: RuleLanguage
  /** What patterns are relative to. */
  readonly folder: string
  readonly patterns: readonly string[]
  /** Files that are part of the program. */
  readonly texts?: readonly { readonly path: string; readonly text: string }[]
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
  readonly signature: string
}

/** How long alerts that were kept wait for a rule that is not there: a file may come a little later than the server. */
const UNTAKEN_MS = 3_600_000

export function createRuleBook(options: RuleBookOptions): RunningRules {
  const { log, count } = options
  let entries = new Map<string, Entry>()
  let texts = ''
  let fileFaults: readonly string[] = []
  let storedFaults: readonly string[] = []
  let ofFiles: readonly RuleGroup[] = []
  let ofStore: readonly RuleGroup[] = []
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
    return { run, ticks, signature: signatureOf(group) }
  }

  /** Files as they are now: their groups, and every fault. */
  function read(): { groups: RuleGroup[]; faults: string[]; texts: string } {
    const groups: RuleGroup[] = []
    const found: string[] = []
    const seen: string[] = []
    for (const { language, folder, patterns, texts = [] } of options.sources()) {
      const { files, faults: unreadable } = findRuleFiles(patterns, folder)
      found.push(...unreadable)
      for (const { path, text } of [...texts, ...files]) {
        seen.push(language, path, text)
        const file = readRuleFile(text, path, language)
        found.push(...file.problems)
        groups.push(...file.groups)
      }
    }
    return { groups, faults: found, texts: JSON.stringify(seen) }
  }

  async function apply(): Promise<void> {
    const groups = [...ofFiles, ...ofStore]
    const next = new Map<string, Entry>()
    const old = entries
    for (const group of groups) {
      const key = JSON.stringify([group.origin, group.language, group.file, group.name])
      const before = old.get(key)
      if (before?.signature === signatureOf(group)) {
        next.set(key, before)
        continue
      }
      await before?.ticks.stop()
      next.set(key, open(group, before?.run))
    }
    entries = next
    for (const [key, { run, ticks }] of old) {
      if (next.has(key)) continue
      await ticks.stop()
      await end(run)
    }
  }

  /** Ends what a removed group has left. */
  async function end(run: GroupRun): Promise<void> {
    const endings = run.endings()
    try {
      if (endings.length > 0) await options.write(endings, options.now())
      await run.forgetAlerts()
    } catch (error) {
      log('warning', 'what a removed rule group has left could not be ended', { group: run.group.name, error })
    }
  }

  async function load(): Promise<void> {
    const now = read()
    texts = now.texts
    fileFaults = now.faults
    if (now.faults.length > 0) {
      if (timer !== undefined) log('error', 'changed rules are not used', { faults: now.faults })
      throw new GirokError('bad_request', now.faults.join('\n'))
    }
    ofFiles = now.groups
    await readStored()
    await apply()
    log('info', 'rules are in force', { groups: ofFiles.length + ofStore.length })
  }

  /** A store that does not answer leaves what was in force: it is asked again soon. */
  async function readStored(): Promise<void> {
    if (options.stored === undefined) return
    try {
      const found = await options.stored()
      ofStore = found.groups
      const unknown = found.faults.filter((fault) => !storedFaults.includes(fault))
      if (unknown.length > 0) log('error', 'rule groups of the store cannot be read', { faults: unknown })
      storedFaults = found.faults
    } catch (error) {
      log('error', 'the rule groups of the store could not be read', { error })
    }
  }

  async function takeUpStored(): Promise<void> {
    const before = ofStore
    await readStored()
    if (ofStore !== before) await apply()
  }

  async function forget(): Promise<void> {
    await options.alerts.memory.forgetUntaken().catch((error: unknown) => {
      log('warning', 'alerts of rules that are no more could not be removed', { error })
    })
  }

  /** One load after another. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const done = queue.then(work)
    queue = done.catch(() => undefined)
    return done
  }

  async function poll(): Promise<void> {
    await inTurn(async () => {
      const now = read()
      if (now.texts === texts && now.faults.join('\n') === fileFaults.join('\n')) await takeUpStored()
      else await load()
    }).catch((error: unknown) => {
      // Faults of the files are told already.
      if (!(error instanceof GirokError)) log('error', 'files of rules could not be looked at', { error })
    })
  }

  return {
    async start() {
      const broken = await options.alerts.memory.load()
      if (broken.length > 0) log('error', 'alerts that were kept cannot be read', { entries: broken.length })
      await inTurn(load)
      forgetter = setTimeout(() => void forget(), UNTAKEN_MS)
      forgetter.unref()
      timer = setInterval(() => void poll(), options.pollMs)
      timer.unref()
    },
    async stop() {
      clearInterval(timer)
      clearTimeout(forgetter)
      await queue
      await Promise.all([...entries.values()].map(({ ticks }) => ticks.stop()))
    },
    reload: () => inTurn(load),
    storedChanged: () => inTurn(takeUpStored),
    faults: () => [...fileFaults, ...storedFaults],
    groups: () => [...entries.values()].map(({ run }) => run.view()),
  }
}

/** Two groups with the same text are the same group: it goes on as it was. */
function signatureOf(group: RuleGroup): string {
  return JSON.stringify(group, (_, value: unknown) =>
    value instanceof Map ? [...value] : typeof value === 'bigint' ? String(value) : value,
  )
}
