import { parseOrderedDuration, QueryError } from '@girok/query'
import { type Matcher, parseSeriesMatchers } from '@girok/query/promql'
import { isScalar, type Node } from 'yaml'
import { type LabelSet, labelSet } from '../../model/labels.ts'
import type { YamlFields, YamlText } from '../rules/yaml-fields.ts'
import { readSequence } from './sample-sequence.ts'

/** A value that a query is expected to give. */
export interface ExpectedSample {
  readonly labels: LabelSet
  readonly value: number
}

/** Reads what stands in files of tests. A fault goes to the problems of the text, and reads as absent. */
export class TestFields {
  readonly yaml: YamlText

  constructor(yaml: YamlText) {
    this.yaml = yaml
  }

  words(fields: YamlFields, key: string): string[] {
    return fields.list(key).map(String)
  }

  /** Names of groups; one that comes twice is a fault. */
  groupOrder(fields: YamlFields): string[] {
    const names = this.words(fields, 'group_eval_order')
    const twice = names.find((name, at) => names.indexOf(name) < at)
    if (twice !== undefined) {
      this.yaml.problem(fields.value('group_eval_order'), `group_eval_order: the group "${twice}" comes twice`)
    }
    return names
  }

  flag(fields: YamlFields, key: string): boolean {
    const text = fields.text(key)?.toLowerCase()
    if (text !== undefined && text !== 'true' && text !== 'false') {
      this.yaml.problem(fields.value(key), `${key} must be true or false`)
    }
    return text === 'true'
  }

  /** Milliseconds since the epoch of Unix seconds or of a time of RFC 3339. */
  time(fields: YamlFields, key: string): number | undefined {
    return this.read(
      fields,
      key,
      (text) => {
        const ms = /^-?\d+(?:\.\d+)?$/.test(text) ? Math.round(Number(text) * 1000) : timeOf(text)
        if (Number.isNaN(ms))
          throw new Error(`${key}: ${text} is neither seconds nor a time: write 2026-01-31T09:00:00Z`)
        return ms
      },
      true,
    )
  }

  /** Milliseconds. */
  duration(fields: YamlFields, key: string): number | undefined {
    const ns = this.read(
      fields,
      key,
      (text) => {
        const read = parseOrderedDuration(text)
        if ('fault' in read) throw new Error(`${key}: ${read.fault}`)
        return read.ns
      },
      true,
    )
    return ns === undefined ? undefined : Number(ns / 1_000_000n)
  }

  /** A series as it is written: `up{job="a"}`. */
  labels(fields: YamlFields, key: string): LabelSet | undefined {
    return this.read(fields, key, (text) => {
      if (/^\s*(?:\{\s*\}\s*)?$/.test(text)) return labelSet([])
      return labelSet(new Map(parseSeriesMatchers(text).flatMap((one) => exact(one, text))))
    })
  }

  /** The samples that a query is expected to give. */
  samples(fields: YamlFields): ExpectedSample[] {
    return fields.list('exp_samples').flatMap((one) => {
      const sample = this.yaml.fields(one, ['labels', 'value', 'histogram'], 'an expected sample')
      if (sample === undefined) return []
      if (sample.has('histogram')) this.yaml.problem(sample.value('histogram'), 'native histograms are not supported')
      const labels = sample.has('labels') ? this.labels(sample, 'labels') : labelSet([])
      const value = sample.has('value') ? this.read(sample, 'value', numberOf) : 0
      return labels === undefined || value === undefined ? [] : [{ labels, value }]
    })
  }

  /** A text, read by `read`, whose Error is told at its place. */
  read<T>(fields: YamlFields, key: string, read: (text: string) => T, isOptional = false): T | undefined {
    const text = fields.text(key)
    if (text === undefined) {
      if (!isOptional) this.yaml.problem(fields.node, `field '${key}' must be set`)
      return undefined
    }
    try {
      return read(text)
    } catch (error) {
      if (!(error instanceof QueryError) && (error as Error).constructor !== Error) throw error
      this.yaml.problem(fields.value(key), (error as Error).message)
      return undefined
    }
  }

  /** An element of a list that is a text, as it is written; undefined for one that is none. */
  word(node: Node): string | undefined {
    const scalar = this.yaml.resolved(node)
    if (!isScalar(scalar)) return undefined
    return typeof scalar.value === 'string' ? scalar.value : (scalar.source ?? String(scalar.value))
  }

  place(node: Node): string {
    return `line ${this.yaml.place(node).line}`
  }
}

function timeOf(text: string): number {
  return /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/.test(text)
    ? Date.parse(text)
    : Number.NaN
}

/** YAML writes infinity and no number with a dot: `.inf`, `-.Inf`, `.nan`. */
function numberOf(text: string): number {
  const [only, ...more] = readSequence(text.replace(/^([+-]?)\.(?=inf$|nan$)/i, '$1'))
  if (typeof only !== 'number' || more.length > 0) throw new Error(`${text} is no number`)
  return only
}

function exact({ name, op, value }: Matcher, text: string): [string, string][] {
  if (op !== '=') throw new Error(`${text} is no series: labels are given as name="value"`)
  return [[name, value]]
}
