import type { Grouping } from '../logql/ast.ts'
import { quoteText } from '../text/go-quote.ts'
import type { Labels } from './types.ts'

/** The label set without labels; shared, so that "nothing changed" can be seen by identity. */
export const NO_LABELS: Labels = new Map()

/** Set by a stage that failed on the line; a metric query fails on it unless it is filtered out or preserved. */
export const ERROR_LABEL = '__error__'
/** What exactly went wrong. */
export const ERROR_DETAILS_LABEL = '__error_details__'
/** Marks an error that the query asked for (`sum by (__error__)`), so that it does not fail the query. */
export const PRESERVE_ERROR_LABEL = '__preserve_error__'

const keysOfSharedMaps = new WeakMap<Labels, string>()

/**
 * A string that is equal exactly for equal label sets, whatever the order of insertion. An empty value is significant:
 * `{a=""}` and `{}` differ. The answer is remembered per Map object, so label Maps must not change after their first use.
 */
export function labelsKey(labels: Labels): string {
  if (labels.size === 0) return ''
  const known = keysOfSharedMaps.get(labels)
  if (known !== undefined) return known
  let key = ''
  for (const name of [...labels.keys()].sort()) key += keyPart(name, labels.get(name) as string)
  keysOfSharedMaps.set(labels, key)
  return key
}

const identities = new WeakMap<Labels, number>()
let nextIdentity = 0

/** A small number for a Map object, the same for as long as the object lives: a cheap stand-in for its contents. */
export function identityOf(labels: Labels): number {
  const known = identities.get(labels)
  if (known !== undefined) return known
  const identity = nextIdentity++
  identities.set(labels, identity)
  return identity
}

/** One label within a key. Lengths stand in front, so no choice of names and values can imitate another set. */
export function keyPart(name: string, value: string): string {
  return `${name.length}:${name}${value.length}:${value}`
}

/** The labels that an aggregation keeps: those named, or all but those named; absent ones stay absent. */
export function groupLabels(labels: Labels, grouping: Grouping | undefined): Labels {
  if (grouping === undefined) return NO_LABELS
  if (grouping.without) {
    if (!grouping.labels.some((name) => labels.has(name))) return labels
    const kept = new Map(labels)
    for (const name of grouping.labels) kept.delete(name)
    return kept
  }
  const kept = new Map<string, string>()
  for (const name of grouping.labels) {
    const value = labels.get(name)
    if (value !== undefined) kept.set(name, value)
  }
  return kept.size === 0 ? NO_LABELS : kept
}

/** The labels without those that are empty: operations that make label sets anew lose them. */
export function withoutEmpty(labels: Labels): Labels {
  let kept: Map<string, string> | undefined
  for (const [name, value] of labels) {
    if (value !== '') continue
    kept ??= new Map(labels)
    kept.delete(name)
  }
  return kept ?? labels
}

/** `{a="b", c="d"}` sorted by name, values quoted as in Go: the form that error texts use. */
export function formatLabels(labels: Labels): string {
  const parts = [...labels.keys()].sort().map((name) => `${name}=${quoteText(labels.get(name) as string)}`)
  return `{${parts.join(', ')}}`
}
