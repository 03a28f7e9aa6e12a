import type { Filter } from '../filter.ts'
import type { Formatter } from '../formatter.ts'
import type { Handler } from '../handler.ts'
import type { Hierarchy } from '../hierarchy.ts'
import { levelValue } from '../level.ts'
import type { Plan } from './read.ts'
import type { Spec } from './read-family.ts'

/** A member in use, and what it was made of. */
export interface Made<M> {
  readonly member: M
  readonly spec: Spec<M>
  readonly identity: string
}

export type MadeByName<M> = Map<string, Made<M>>

/** Members of a family: those there are, where their entries are the same, and new ones. */
export function makeAll<M>(
  family: string,
  specs: ReadonlyMap<string, Spec<M>>,
  before: MadeByName<M>,
  problems: string[],
): MadeByName<M> {
  const made: MadeByName<M> = new Map()
  for (const [name, spec] of specs) {
    const old = before.get(name)
    const member =
      old?.identity === spec.identity
        ? old.member
        : attempt(`${family}.${name}`, () => spec.make(spec.options), problems)
    if (member !== undefined) made.set(name, { member, spec, identity: spec.identity })
  }
  return made
}

export interface MadeHandlers {
  readonly made: MadeByName<Handler>
  /** Gives those that were kept the levels and filters of the plan. */
  settle(): void
  /** Ends what was made, and puts anew what had to be ended for it: nothing shall have changed. */
  undo(hierarchy: Hierarchy): void
}

/** As makeAll, for handlers, which use members of the other families and hold files and connections. */
export function makeHandlers(
  plan: Plan,
  before: MadeByName<Handler>,
  formatters: MadeByName<Formatter>,
  filters: MadeByName<Filter>,
  problems: string[],
): MadeHandlers {
  const made: MadeByName<Handler> = new Map()
  const ended: [name: string, old: Made<Handler>][] = []

  function filtersOf(spec: Spec<Handler>): Filter[] {
    const names = (spec.options.filters ?? []) as string[]
    return names.flatMap((name) => filters.get(name)?.member ?? [])
  }

  /** A spec that makes the handler with all that it uses. */
  function bound(spec: Spec<Handler>): Spec<Handler> {
    const { formatter, filters: _names, ...rest } = spec.options
    const options: Record<string, unknown> = rest
    const target = typeof rest.target === 'string' ? made.get(rest.target) : undefined
    if (target !== undefined) options.target = target.member
    const found = formatters.get(formatter as string)
    const own = filtersOf(spec)
    if (found !== undefined) options.formatter = found.member
    if (own.length > 0) options.filters = own
    return {
      ...spec,
      identity: [spec.identity, found?.identity, target?.identity].join(' '),
      make: () => spec.make(options),
    }
  }

  const hasTarget = ([, { options }]: [string, Spec<Handler>]) => Number(options.target !== undefined)
  for (const [name, unbound] of [...plan.handlers].sort((a, b) => hasTarget(a) - hasTarget(b))) {
    const spec = bound(unbound)
    const old = before.get(name)
    const at = `handlers.${name}`
    let member = old?.identity === spec.identity && sameLevelKind(old.spec, spec) ? old.member : undefined
    if (member === undefined) {
      const first: string[] = []
      member = attempt(at, () => spec.make({}), first)
      if (member === undefined && old !== undefined && !old.spec.given) {
        // A file is not written under two rules at once: the old writer has to go first.
        old.member.flushSync?.()
        void old.member.close?.()
        ended.push([name, old])
        member = attempt(at, () => spec.make({}), problems)
      } else {
        problems.push(...first)
      }
    }
    if (member !== undefined) made.set(name, { member, spec, identity: spec.identity })
  }

  return {
    made,
    settle() {
      for (const { member, spec } of made.values()) {
        if (spec.given) continue
        if (spec.options.level !== undefined) member.level = levelValue(spec.options.level as string)
        const own = filtersOf(spec)
        member.filters = own.length === 0 ? undefined : own
      }
    },
    undo(hierarchy) {
      for (const [name, { member, spec }] of made) {
        if (!spec.given && before.get(name)?.member !== member) void member.close?.()
      }
      for (const [name, old] of ended) {
        const member = attempt('', () => old.spec.make({}), [])
        if (member === undefined) continue
        before.set(name, { ...old, member })
        for (const logger of hierarchy.configured()) {
          if (logger.handlers.includes(old.member)) logger.removeHandler(old.member).addHandler(member)
        }
      }
    },
  }
}

/** A handler whose level was set and now is not gets its kind's own level, which only making it anew finds. */
function sameLevelKind(old: Spec<Handler>, spec: Spec<Handler>): boolean {
  return (old.options.level === undefined) === (spec.options.level === undefined)
}

export function attempt<T>(at: string, work: () => T, problems: string[]): T | undefined {
  try {
    return work()
  } catch (error) {
    problems.push(`${at}: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}
