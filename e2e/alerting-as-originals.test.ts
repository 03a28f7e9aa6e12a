/**
 * From one exporter to who is told: Prometheus with Alertmanager, and Girok alone with the same prometheus.yml, rules and
 * alertmanager.yml. The same alerts with the same labels, annotations and states at the same evaluations, and the same
 * notifications of each group in the same order with equal bodies. Girok is held to what Prometheus 3.5 and Alertmanager 0.33
 * were recorded to do, and to the programs that are here (PROMETHEUS and ALERTMANAGER name others than those of the PATH);
 * with GIROK_RECORD_TRACE=1 these are recorded.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ChainOutcome, followChain } from './alert-chain.ts'
import { alertmanagerYml, OUTAGE, prometheusYml, RULES, SCRIPT } from './alert-chain-scenario.ts'
import { startSink } from './alert-sink.ts'
import { ALERTMANAGER, startAlertmanager, versionOf } from './alertmanager.ts'
import { startPrometheus } from './prometheus.ts'
import { startScriptedExporter } from './scripted-exporter.ts'
import { QUIET, startServer, temporaryFolder } from './server.ts'

const PROMETHEUS = process.env.PROMETHEUS ?? 'prometheus'
const TRACE = join(import.meta.dirname, 'testdata/alert-chain.json')
/** Apart by their offsets within a tick, and by how busy the machine is. */
const MOMENT_MS = 1_900
const MOST_RUNS = 3

const hasOriginals = [PROMETHEUS, ALERTMANAGER].every((one) => spawnSync(one, ['--version']).status === 0)
const folder = temporaryFolder()
const scenario = { rules: RULES, alertmanager: alertmanagerYml('$SINK'), script: SCRIPT, outage: OUTAGE }
let own: ChainOutcome
let theirs: ChainOutcome | undefined

beforeAll(async () => {
  ;[own, theirs] = await Promise.all([undisturbed(ofGirok), hasOriginals ? undisturbed(ofOriginals) : undefined])
  if (process.env.GIROK_RECORD_TRACE !== undefined && theirs !== undefined) {
    const programs = { prometheus: versionOf(PROMETHEUS).join('.'), alertmanager: versionOf(ALERTMANAGER).join('.') }
    writeFileSync(TRACE, `${compact({ programs, scenario, outcome: theirs })}\n`)
  }
}, 400_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Once more, and again, when the machine was too busy. */
async function undisturbed(run: () => Promise<ChainOutcome | undefined>): Promise<ChainOutcome> {
  for (let i = 0; i < MOST_RUNS; i++) {
    const outcome = await run()
    if (outcome !== undefined) return outcome
  }
  throw new Error(`the machine was too busy for one scrape a second, ${MOST_RUNS} times`)
}

async function ofGirok(): Promise<ChainOutcome | undefined> {
  const [exporter, sink] = await Promise.all([startScriptedExporter(), startSink()])
  const files = { prometheus: join(folder, 'prometheus.yml'), alertmanager: join(folder, 'alertmanager.yml') }
  writeFileSync(files.prometheus, prometheusYml(exporter.address, rulesFile('girok'), undefined))
  writeFileSync(files.alertmanager, alertmanagerYml(sink.url))
  const settings = ['--prometheus-config', files.prometheus, '--set', `alerting.configFile=${files.alertmanager}`]
  const girok = await startServer({ args: [...QUIET, ...settings] })
  try {
    return await followChain({ exporter, sink, rulesUrl: girok.url, alertsUrl: girok.url })
  } finally {
    await girok.dispose()
    exporter.close()
    await sink.close()
  }
}

async function ofOriginals(): Promise<ChainOutcome | undefined> {
  const [exporter, sink] = await Promise.all([startScriptedExporter(), startSink()])
  const alertmanager = await startAlertmanager(alertmanagerYml(sink.url))
  const address = alertmanager.url.replace('http://', '')
  const prometheus = await startPrometheus(prometheusYml(exporter.address, rulesFile('prometheus'), address))
  try {
    return await followChain({ exporter, sink, rulesUrl: prometheus.url, alertsUrl: alertmanager.url })
  } finally {
    await prometheus.dispose()
    await alertmanager.dispose()
    exporter.close()
    await sink.close()
  }
}

function rulesFile(name: string): string {
  const path = join(folder, `${name}-rules.yml`)
  writeFileSync(path, RULES)
  return path
}

/** JSON with one thing that was seen or told on a line. */
function compact(value: unknown, depth = 0): string {
  if (typeof value !== 'object' || value === null || depth > 3) return JSON.stringify(value)
  const pad = `\n${' '.repeat(depth + 1)}`
  const items = Array.isArray(value)
    ? value.map((one) => compact(one, 4))
    : Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${compact(one, depth + 1)}`)
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  return items.length === 0 ? `${open}${close}` : `${open}${pad}${items.join(`,${pad}`)}\n${' '.repeat(depth)}${close}`
}

/** Everything but the moments at which it was seen. */
function withoutMoments(outcome: ChainOutcome, isOld: boolean): unknown {
  const { told, ...lists } = outcome
  const bare = (all: Readonly<Record<string, readonly object[]>>, without: readonly string[]) =>
    Object.fromEntries(
      Object.entries(all).map(([key, list]) => [
        key,
        list.map((one) => Object.fromEntries(Object.entries(one).filter(([name]) => !without.includes(name)))),
      ]),
    )
  const bodies = Object.entries(told).map(([key, list]) => [
    key,
    list.map(({ body }) => {
      const { notification_reason: reason, ...rest } = body as Record<string, unknown>
      // Alertmanager 0.33 began to tell it.
      return isOld ? rest : { ...rest, reason }
    }),
  ])
  return { rules: bare(lists.rules, ['seen']), listed: bare(lists.listed, ['seen']), told: Object.fromEntries(bodies) }
}

/** Moments of one that are not those of the other. */
function apart(a: ChainOutcome, b: ChainOutcome): readonly string[] {
  const far: string[] = []
  for (const kind of ['rules', 'listed'] as const) {
    for (const [key, list] of Object.entries(a[kind])) {
      for (const [i, { seen }] of list.entries()) {
        const other = b[kind][key]?.[i]?.seen ?? Number.NaN
        // What is seen between two polls, and flushes at other moments of a tick.
        if (!(Math.abs(seen - other) <= 2)) far.push(`${kind} ${key}[${i}]: ${seen} and ${other}`)
      }
    }
  }
  for (const [key, list] of Object.entries(a.told)) {
    for (const [i, { atMs }] of list.entries()) {
      const other = b.told[key]?.[i]?.atMs ?? Number.NaN
      if (!(Math.abs(atMs - other) <= MOMENT_MS)) far.push(`told ${key}[${i}]: ${atMs} ms and ${other} ms`)
    }
  }
  return far
}

/** Of the same parts: times of `own` that are at most one tick from those of `theirs` are replaced by these. */
function inTicksOf(theirs: unknown, own: unknown, key = ''): unknown {
  if (/^(activeAt|startsAt|endsAt)$/.test(key)) {
    return typeof own === 'number' && Math.abs(own - Number(theirs)) <= 1 ? theirs : own
  }
  if (typeof own !== 'object' || own === null) return own
  if (Array.isArray(own)) return own.map((one, i) => inTicksOf((theirs as readonly unknown[] | undefined)?.[i], one))
  const other = (theirs ?? {}) as Readonly<Record<string, unknown>>
  return Object.fromEntries(Object.entries(own).map(([name, one]) => [name, inTicksOf(other[name], one, name)]))
}

function expectSame(own: ChainOutcome, theirs: ChainOutcome, isOld: boolean): void {
  const expected = withoutMoments(theirs, isOld)
  expect(inTicksOf(expected, withoutMoments(own, isOld))).toEqual(expected)
  expect(apart(theirs, own)).toEqual([])
}

test('everything that the script is for has happened', () => {
  const told = Object.values(own.told).flat()
  expect(told.length).toBeGreaterThan(25)
  expect(Object.keys(own.rules).map((labels) => JSON.parse(labels).alertname)).toEqual(
    expect.arrayContaining(['Hot', 'Burning', 'RoomHot', 'Night', 'Backlog', 'Trial', 'Talk', 'Down']),
  )
  expect(Object.keys(own.told).some((key) => key.startsWith('/nights'))).toBe(false)
})

test('as Prometheus 3.5 and Alertmanager 0.33 were recorded', () => {
  const trace = JSON.parse(readFileSync(TRACE, 'utf8'))
  expect(trace.scenario).toEqual(JSON.parse(JSON.stringify(scenario)))
  expectSame(own, trace.outcome, false)
})

test.skipIf(!hasOriginals)('as the Prometheus and the Alertmanager that are here', () => {
  if (theirs === undefined) throw new Error('they did not run')
  const [major = 0, minor = 0] = versionOf(ALERTMANAGER)
  const isOld = major === 0 && minor < 33
  expectSame(own, theirs, isOld)
})
