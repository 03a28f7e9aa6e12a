import { describe, expect, test } from 'vitest'
import { alertFingerprint } from '../../../model/alert-fingerprint.ts'
import type { InhibitRule } from '../config/alertmanager-config.ts'
import { parseMatchers } from '../matchers/parse-matchers.ts'
import { createInhibition } from './inhibition.ts'

const NOW = Date.UTC(2026, 0, 1)

function rule(source: string, target: string, ...equal: string[]): InhibitRule {
  return { sourceMatchers: parseMatchers(source), targetMatchers: parseMatchers(target), equal }
}

function labels(given: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(given))
}

function inhibition(rules: readonly InhibitRule[], alerts: readonly Readonly<Record<string, string>>[]) {
  const made = createInhibition(rules)
  for (const alert of alerts) made.update(alertOf(alert))
  return made
}

function alertOf(given: Readonly<Record<string, string>>, endsAtMs = NOW + 1) {
  return { labels: labels(given), fingerprint: alertFingerprint(labels(given)), endsAtMs }
}

const critical = { alertname: 'down', severity: 'critical', host: 'a' }
const warning = { alertname: 'slow', severity: 'warning', host: 'a' }
const bySeverity = rule('severity="critical"', 'severity="warning"', 'host')

describe('an alert is inhibited', () => {
  test('by one that matches the source side and has the same values', () => {
    const made = inhibition([bySeverity], [critical, warning])
    expect(made.inhibitedBy(labels(warning), NOW)).toEqual([alertFingerprint(labels(critical))])
    expect(made.inhibitedBy(labels({ ...warning, host: 'b' }), NOW)).toEqual([])
    expect(made.inhibitedBy(labels(critical), NOW)).toEqual([])
  })

  test('where the label is missing on both sides, or missing on one and empty on the other', () => {
    const made = inhibition([bySeverity], [{ alertname: 'down', severity: 'critical' }])
    expect(made.inhibitedBy(labels({ severity: 'warning' }), NOW)).toHaveLength(1)
    expect(made.inhibitedBy(labels({ severity: 'warning', host: '' }), NOW)).toHaveLength(1)
    expect(made.inhibitedBy(labels(warning), NOW)).toEqual([])
  })

  test('by every source of every rule, each told once', () => {
    const other = { ...critical, alertname: 'burning' }
    const made = inhibition([bySeverity, rule('alertname="down"', 'severity="warning"')], [critical, other])
    const both = [critical, other].map((one) => alertFingerprint(labels(one))).sort()
    expect(made.inhibitedBy(labels(warning), NOW)).toEqual(both)
  })

  test('while the source has not ended', () => {
    const made = inhibition([bySeverity], [critical])
    expect(made.inhibitedBy(labels(warning), NOW + 1)).toEqual([])
    made.update(alertOf(critical, NOW + 10))
    expect(made.inhibitedBy(labels(warning), NOW + 9)).toHaveLength(1)
    made.update(alertOf(critical, NOW))
    expect(made.inhibitedBy(labels(warning), NOW)).toEqual([])
  })

  test('until the source is forgotten', () => {
    const made = inhibition([bySeverity], [critical])
    made.forget('unknown')
    made.forget(alertFingerprint(labels(critical)))
    expect(made.inhibitedBy(labels(warning), NOW)).toEqual([])
  })
})

test('alerts that match both sides inhibit neither themselves nor one another, but others', () => {
  const one = { alertname: 'a', host: 'x' }
  const two = { alertname: 'b', host: 'x' }
  const made = inhibition([rule('alertname=~"a|b"', 'host="x"')], [one, two])
  expect(made.inhibitedBy(labels(one), NOW)).toEqual([])
  expect(made.inhibitedBy(labels({ alertname: 'c', host: 'x' }), NOW)).toHaveLength(2)
  // One that matches the source side alone inhibits one that matches both.
  made.update(alertOf({ alertname: 'a', host: 'y' }))
  expect(made.inhibitedBy(labels(one), NOW)).toEqual([alertFingerprint(labels({ alertname: 'a', host: 'y' }))])
})

test('values that look alike when they are joined are told apart', () => {
  const made = inhibition([rule('kind="s"', 'kind="t"', 'a', 'b')], [{ kind: 's', a: '1,2', b: '3' }])
  expect(made.inhibitedBy(labels({ kind: 't', a: '1', b: '2,3' }), NOW)).toEqual([])
  expect(made.inhibitedBy(labels({ kind: 't', a: '1,2', b: '3' }), NOW)).toHaveLength(1)
})
