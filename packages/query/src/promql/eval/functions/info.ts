import { formatLabels, labelsKey } from '../../../eval/labels.ts'
import { compileMatcher } from '../../../eval/matcher.ts'
import type { Labels } from '../../../eval/types.ts'
import { hasPoints } from '../../../eval/vector/columns.ts'
import type { FunctionCall, Matcher, VectorSelector } from '../../ast.ts'
import type { CallContext } from '../context.ts'
import { NAME_LABEL, onlyLabels, withLabel } from '../labels.ts'
import { evaluateSampleTimes } from '../select/instant.ts'
import { evaluationError, joinEqual, type PromColumn, type PromSeries, promColumn, vectorOf } from '../series.ts'
import type { SelectorData } from '../types.ts'
import { unwrapped } from '../unwrap.ts'
import type { CallFunction } from './member.ts'

/** By these labels an info metric belongs to a series. */
const IDENTIFYING = ['instance', 'job']

/**
 * The selector of the info series of a call, which is not in the query's text: the labels asked for, of `target_info` unless
 * they name another metric. It stands at the call's own place, so that it is found again wherever the tree has been cloned.
 */
export function infoSelector(call: FunctionCall): VectorSelector {
  const asked = matchersOf(call)
  const name: Matcher = { name: NAME_LABEL, op: '=', value: 'target_info', at: call.at }
  const named = asked.some((matcher) => matcher.name === NAME_LABEL)
  return {
    kind: 'selector',
    name: named ? undefined : name.value,
    matchers: named ? asked : [name, ...asked],
    offset: undefined,
    atTime: undefined,
    extended: undefined,
    at: call.at,
  }
}

function matchersOf(call: FunctionCall): readonly Matcher[] {
  const selector = call.args[1] === undefined ? undefined : unwrapped(call.args[1])
  return selector?.kind === 'selector' ? selector.matchers : []
}

function infoSamples(data: SelectorData, call: FunctionCall) {
  for (const [selector, series] of data) {
    if (selector.at.start === call.at.start && selector.at.end === call.at.end) return series
  }
  return []
}

/** `info(v, {labels})`: series with the labels of the info series that belong to the same instance and job. */
export const INFO_FUNCTION: CallFunction = {
  name: 'info',
  evaluate(call) {
    const base = call.vector(0)
    const asked = matchersOf(call.call)
    const names = asked.filter(({ name }) => name === NAME_LABEL)
    const wanted = asked.filter(({ name }) => name !== NAME_LABEL)
    // What is itself an info metric asked for gets no more labels.
    const isInfo = call.has(1) ? names.length > 0 && allOf(names) : (name: string) => name === 'target_info'
    const samples = infoSamples(call.shared.data, call.call)
    const infos = evaluateSampleTimes(call.shared, infoSelector(call.call), call.frame, samples)
    const bySignature = new Map<string, PromSeries[]>()
    for (const info of infos) {
      const key = labelsKey(onlyLabels(info.labels, IDENTIFYING))
      const known = bySignature.get(key)
      if (known === undefined) bySignature.set(key, [info])
      else known.push(info)
    }
    const results: PromSeries[] = []
    for (const series of base) {
      if (isInfo !== false && isInfo(series.labels.get(NAME_LABEL) ?? '')) results.push(series)
      else results.push(...enriched(call, series, bySignature, wanted))
    }
    return vectorOf(joinEqual(results))
  },
}

function allOf(matchers: readonly Matcher[]): (text: string) => boolean {
  const tests = matchers.map(compileMatcher)
  return (text) => tests.every((test) => test(text))
}

/** The series with added labels; where these change from step to step, a series for each that they become. */
function enriched(
  call: CallContext,
  series: PromSeries,
  infosBySignature: ReadonlyMap<string, readonly PromSeries[]>,
  wanted: readonly Matcher[],
): PromSeries[] {
  const identity = onlyLabels(series.labels, IDENTIFYING)
  const infos = identity.size === 0 ? [] : (infosBySignature.get(labelsKey(identity)) ?? [])
  const alsoWithout = wanted.every((matcher) => compileMatcher(matcher)(''))
  const byLabels = new Map<string, PromColumn>()
  for (let k = 0; k < call.count; k++) {
    if (series.present[k] !== 1) continue
    const latest = latestByMetric(infos, k)
    if (latest.size === 0 && !alsoWithout) continue
    const labels = withInfoLabels(series.labels, [...latest.values()], wanted)
    const key = labelsKey(labels)
    let out = byLabels.get(key)
    if (out === undefined) {
      out = promColumn(labels, call.count, series.dropName)
      byLabels.set(key, out)
    }
    out.values[k] = series.values[k] as number
    out.present[k] = 1
  }
  return [...byLabels.values()].filter(hasPoints)
}

/** Of each info metric the series whose sample is the newest at the step. */
function latestByMetric(infos: readonly PromSeries[], k: number): ReadonlyMap<string, PromSeries> {
  const latest = new Map<string, PromSeries>()
  for (const info of infos) {
    if (info.present[k] !== 1) continue
    const metric = info.labels.get(NAME_LABEL) ?? ''
    const known = latest.get(metric)
    const [time, knownTime] = [info.values[k] as number, known?.values[k] ?? Number.NEGATIVE_INFINITY]
    if (time > knownTime) latest.set(metric, info)
    else if (time === knownTime && known !== undefined) {
      const at = Math.round(time * 1000)
      throw evaluationError(
        `found duplicate series for info metric: existing ${formatLabels(known.labels)} @ ${at}, ` +
          `new ${formatLabels(info.labels)} @ ${at}`,
      )
    }
  }
  return latest
}

function withInfoLabels(base: Labels, infos: readonly PromSeries[], wanted: readonly Matcher[]): Labels {
  const added = new Map<string, string>()
  for (const { labels } of infos) {
    for (const [name, value] of labels) {
      if (name === NAME_LABEL) continue
      if (wanted.length > 0 && !wanted.some((matcher) => matcher.name === name)) continue
      const known = added.get(name)
      if (known !== undefined && known !== value) throw evaluationError(`conflicting label: ${name}`)
      if (!base.has(name)) added.set(name, value)
    }
  }
  let labels = base
  for (const [name, value] of added) labels = withLabel(labels, name, value)
  return labels
}
