import type { CompareResponse, PatternsResponse } from '@girok/server/contract'
import { flatten, jsonOf } from '../src/pages/logs/panel/json-fields.ts'
import type { MockRecord } from './log-generator.ts'

/** The shape of a line in the mock: words with a digit in them differ. */
export function patternOf(line: string): string {
  return line.replace(/[\w.-]*\d[\w.-]*/g, '<_>').replace(/(<_>)+/g, '<_>')
}

/** True when a line has a pattern, as `|>` decides it. */
export function hasPattern(line: string, pattern: string): boolean {
  const parts = pattern.split('<_>').map((part) => part.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&'))
  return new RegExp(`^${parts.join('[\\s\\S]*')}$`).test(line)
}

type Origin = CompareResponse['fields'][number]['origin']

function byPattern(found: readonly MockRecord[]): Map<string, MockRecord[]> {
  const groups = new Map<string, MockRecord[]>()
  for (const record of found) {
    const pattern = patternOf(record.line)
    const group = groups.get(pattern) ?? []
    group.push(record)
    groups.set(pattern, group)
  }
  return groups
}

const levelOf = (record: MockRecord | undefined): string => record?.meta.detected_level ?? ''

/** Patterns of a sample that stands for `totalLines` lines. */
export function patterns(found: readonly MockRecord[], totalLines: number, stepMs: number): PatternsResponse {
  const scale = totalLines / Math.max(1, found.length)
  const list = [...byPattern(found)].map(([pattern, records]) => {
    const samples = new Map<number, number>()
    for (const { ns } of records) {
      const second = (Math.floor(Number(ns / 1_000_000n) / stepMs) * stepMs) / 1000
      samples.set(second, (samples.get(second) ?? 0) + Math.round(scale))
    }
    return {
      pattern,
      level: levelOf(records[0]),
      count: Math.round(records.length * scale),
      share: records.length / found.length,
      samples: [...samples].sort((a, b) => a[0] - b[0]),
      example: (records[0]?.line ?? '').slice(0, 1000),
    }
  })
  return { patterns: list.sort((a, b) => b.count - a.count), sampledLines: found.length, totalLines }
}

function counted(found: readonly MockRecord[]): Map<string, Map<string, number>> {
  const fields = new Map<string, Map<string, number>>()
  for (const { labels, meta, line } of found) {
    const object = jsonOf(line)
    const pairs = [...Object.entries(labels), ...Object.entries(meta), ...(object === undefined ? [] : flatten(object))]
    for (const [name, value] of pairs) {
      const values = fields.get(name) ?? new Map<string, number>()
      values.set(value, (values.get(value) ?? 0) + 1)
      fields.set(name, values)
    }
  }
  return fields
}

/** What differs between two samples. */
export function comparison(found: readonly MockRecord[], base: readonly MockRecord[]): CompareResponse {
  const [now, before] = [byPattern(found), byPattern(base)]
  const [lines, baseLines] = [Math.max(1, found.length), Math.max(1, base.length)]
  const ratio = (count: number, baseCount: number): number => (count + 0.5) / lines / ((baseCount + 0.5) / baseLines)
  const list = [...new Set([...now.keys(), ...before.keys()])].map((pattern) => {
    const [count, baseCount] = [now.get(pattern)?.length ?? 0, before.get(pattern)?.length ?? 0]
    const lift = Math.abs(Math.log2(ratio(count, baseCount)))
    const change = baseCount === 0 ? 'new' : count === 0 ? 'gone' : lift > 0.6 ? 'changed' : 'same'
    return {
      pattern,
      level: levelOf((now.get(pattern) ?? before.get(pattern))?.[0]),
      count,
      baseCount,
      change: change as 'new' | 'gone' | 'changed' | 'same',
    }
  })
  const order = ['new', 'gone', 'changed', 'same']
  const [values, baseValues] = [counted(found), counted(base)]
  const fields = [...values].flatMap(([name, counts]) => {
    const baseCounts = baseValues.get(name) ?? new Map<string, number>()
    if (counts.size > 40) return []
    const all = [...new Set([...counts.keys(), ...baseCounts.keys()])].map((value) => {
      const [count, baseCount] = [counts.get(value) ?? 0, baseCounts.get(value) ?? 0]
      return { value, count, baseCount, lift: ratio(count, baseCount) }
    })
    const telling = all.filter(({ lift }) => Math.abs(Math.log2(lift)) > 0.3)
    telling.sort((a, b) => Math.abs(Math.log2(b.lift)) - Math.abs(Math.log2(a.lift)))
    const first = found.find((record) => name in record.labels || name in record.meta)
    const origin: Origin = first === undefined ? 'json' : name in first.labels ? 'label' : 'metadata'
    return telling.length === 0 ? [] : [{ name, origin, values: telling.slice(0, 6) }]
  })
  return {
    patterns: list.sort((a, b) => order.indexOf(a.change) - order.indexOf(b.change) || b.count - a.count),
    fields,
    sampledLines: found.length,
    totalLines: found.length,
    baseSampledLines: base.length,
    baseTotalLines: base.length,
  }
}
