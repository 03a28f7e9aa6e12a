import { z } from 'zod'
import { readTimeIntervalParts } from '../time-intervals/read-time-interval.ts'
import { type TimeIntervalParts, timeInterval } from '../time-intervals/time-interval.ts'
import type { InhibitRule } from './alertmanager-config.ts'
import type { Reported } from './config-text.ts'
import { matcherFields, readMatchers } from './matcher-fields.ts'
import { readDeclared } from './read-declared.ts'

const inhibitFields = z.strictObject({
  name: z.string().optional(),
  ...matcherFields('source_'),
  ...matcherFields('target_'),
  equal: z.array(z.string()).optional(),
})

/** Reads `inhibit_rules`. */
export function readInhibitRules(value: unknown, reported: Reported): readonly InhibitRule[] {
  return itemsOf(value, 'inhibit_rules', reported).flatMap((one, index) => {
    const path = ['inhibit_rules', index]
    const fields = readDeclared(inhibitFields, one ?? {}, path, reported)
    if (fields === undefined) return []
    const equal = fields.equal ?? []
    equal.forEach((name, at) => {
      if (name === '') reported.problem([...path, 'equal', at], 'the name of a label cannot be empty')
    })
    return [
      {
        sourceMatchers: readMatchers(fields, 'source_', path, reported),
        targetMatchers: readMatchers(fields, 'target_', path, reported),
        equal,
      },
    ]
  })
}

/** A named list of time intervals. */
export interface NamedIntervals {
  /** The older form is still read. */
  readonly section: 'time_intervals' | 'mute_time_intervals'
  readonly name: string
  readonly parts: readonly TimeIntervalParts[]
}

const namedFields = z.strictObject({ name: z.string(), time_intervals: z.array(z.unknown()).optional() })

/** Reads `mute_time_intervals` and `time_intervals`, whose names share one space. */
export function readNamedIntervals(
  file: Readonly<Record<string, unknown>>,
  reported: Reported,
): readonly NamedIntervals[] {
  const found: NamedIntervals[] = []
  for (const section of ['mute_time_intervals', 'time_intervals'] as const) {
    itemsOf(file[section], section, reported).forEach((one, index) => {
      const path = [section, index]
      const fields = readDeclared(namedFields, one ?? {}, path, reported)
      if (fields === undefined) return
      const { name, time_intervals: intervals = [] } = fields
      if (name === '') reported.problem([...path, 'name'], 'a time interval needs a name')
      if (found.some((other) => other.name === name)) {
        reported.problem(
          [...path, 'name'],
          `another time interval is called ${JSON.stringify(name)}: names must differ`,
        )
      }
      const parts = intervals.map((interval, at) => {
        const under = [...path, 'time_intervals', at]
        return readTimeIntervalParts(interval, (below, message) => {
          reported.problem([...under, ...below], message, message.startsWith('unknown key') ? 'key' : 'value')
        })
      })
      found.push({ section, name, parts })
    })
  }
  return found
}

export function intervalsByName(named: readonly NamedIntervals[]) {
  return new Map(named.map(({ name, parts }) => [name, parts.map(timeInterval)]))
}

const anyList = z.array(z.unknown())
const texts = z.array(z.string())

/** `templates`: paths or patterns. */
export function readTemplates(value: unknown, reported: Reported): readonly string[] {
  return readDeclared(texts, value ?? [], ['templates'], reported) ?? []
}

/** The elements of a list; a fault and none where it is something else. */
export function itemsOf(value: unknown, key: string, reported: Reported): readonly unknown[] {
  return readDeclared(anyList, value ?? [], [key], reported) ?? []
}
