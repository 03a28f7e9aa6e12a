// npm run bench:rules [-- --rules 1000] [--groups 50] [--interval 15] [--series 1000 | --lines 200] [--seconds 60] [--check]
// What alerting rules cost: the CPU time of the server's process with the rules, less that of the same server which only
// takes the data that they look at: samples (1,000 series, one every 15 s), or with --lines so many lines a second. Linux only.
// With --check the exit code is 1 when the goal is missed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startGirok } from './girok.mjs'
import { overLines } from './rules/lines.mjs'
import { overSamples } from './rules/samples.mjs'
import { cpuSeconds, residentMB, sleep } from './target.mjs'

const { values: flags } = parseArgs({
  options: {
    rules: { type: 'string', default: '1000' },
    groups: { type: 'string', default: '50' },
    interval: { type: 'string', default: '15' },
    series: { type: 'string', default: '1000' },
    lines: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    check: { type: 'boolean', default: false },
  },
})
const RULES = Number(flags.rules)
const GROUPS = Number(flags.groups)
const INTERVAL_S = Number(flags.interval)
const SECONDS = Number(flags.seconds)
/** Of a core. */
const GOAL = 0.25
const workload =
  flags.lines === undefined ? overSamples({ series: Number(flags.series) }) : overLines({ lines: Number(flags.lines) })

/** The text of a file of rules. */
function rulesText() {
  const perGroup = Math.ceil(RULES / GROUPS)
  const groups = Array.from({ length: GROUPS }, (_, g) => ({
    name: `g${g}`,
    interval: `${INTERVAL_S}s`,
    rules: Array.from({ length: Math.min(perGroup, RULES - g * perGroup) }, (_, r) => {
      const n = g * perGroup + r
      return {
        alert: `Alert${n}`,
        expr: workload.expression(n),
        for: '30s',
        labels: { severity: 'page' },
        annotations: { summary: '{{ $labels.instance }} is at {{ $value | humanize }}' },
      }
    }),
  }))
  return JSON.stringify({ groups })
}

/** Evaluations of groups since the start, and those that were left out because one was still under way. */
async function evaluations(url) {
  const text = await (await fetch(`${url}/metrics`)).text()
  const sum = (name) =>
    text
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
  return { done: sum('girok_rule_group_evaluations_total'), missed: sum('girok_rule_group_missed_total') }
}

const folder = mkdtempSync(join(tmpdir(), 'girok-bench-rules-'))
const file = join(folder, 'rules.yaml')
writeFileSync(file, 'groups: []\n')
const server = await startGirok({ flags: ['--set', `${workload.setting}=${file}`] })
let stopped = false
try {
  await workload.past(server.url)
  const data = (async () => {
    while (!stopped) {
      await workload.present(server.url)
      await sleep(workload.everyMs)
    }
  })()
  const used = async () => {
    const before = cpuSeconds(server.pid)
    const countsBefore = await evaluations(server.url)
    const started = performance.now()
    await sleep(SECONDS * 1000)
    const share = (cpuSeconds(server.pid) - before) / ((performance.now() - started) / 1000)
    const counts = await evaluations(server.url)
    return { share, done: counts.done - countsBefore.done, missed: counts.missed - countsBefore.missed }
  }
  await sleep(10_000)
  const without = await used()
  writeFileSync(file, rulesText())
  // Files are looked at every five seconds.
  await sleep(2 * INTERVAL_S * 1000 + 15_000)
  const withRules = await used()
  const response = await fetch(`${server.url}/api/v1/rules`)
  const { groups } = (await response.json()).data
  const rules = groups.flatMap((group) => group.rules)
  const slowest = Math.max(...groups.map(({ evaluationTime }) => evaluationTime))
  const state = (name) => rules.filter((rule) => rule.state === name).length
  const share = withRules.share - without.share
  const { done, missed } = withRules
  const percent = (value) => `${(100 * value).toFixed(1)} %`
  console.log(`${rules.length} rules in ${groups.length} groups every ${INTERVAL_S} s over ${workload.what}`)
  console.log(`  ${state('firing')} fire, ${rules.filter(({ health }) => health !== 'ok').length} fail`)
  console.log(`  of a core: ${percent(without.share)} without rules, ${percent(withRules.share)} with them`)
  console.log(`  rules alone: ${percent(share)} (goal: ${percent(GOAL)})`)
  const perRule = (share * SECONDS * 1000) / ((done * rules.length) / groups.length)
  console.log(`  ${done} evaluations of groups, ${missed} left out; ${perRule.toFixed(2)} ms of a core for a rule`)
  console.log(`  slowest group ${(1000 * slowest).toFixed(0)} ms, memory ${residentMB(server.pid).toFixed(0)} MB`)
  if (flags.check && share > GOAL) process.exitCode = 1
  stopped = true
  await data
} finally {
  stopped = true
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}
