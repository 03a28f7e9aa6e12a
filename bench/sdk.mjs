// npm run bench:sdk [-- --rounds 5] [--node PATH] [--dist PATH] [--only a,c] [--json FILE] [--no-sink]
// @girok/sdk beside pino: one process per library, scenario and round, in rotated order; CPU time, all threads included;
// the same sink for all. A ratio is the median over the rounds of pino's time by ours in the same round. A second table
// compares destinations. The exit code is 1 when a goal is missed. See docs/sdk/performance.md.
import { execFile, execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    node: { type: 'string', default: process.execPath },
    dist: { type: 'string', default: 'packages/sdk/dist' },
    only: { type: 'string' },
    json: { type: 'string' },
    sink: { type: 'boolean', default: true },
  },
  allowNegative: true,
})

const here = dirname(fileURLToPath(import.meta.url))
const dist = resolve(here, '..', flags.dist)
const rounds = Number(flags.rounds)
const version = execFileSync(flags.node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim()
const isNode20 = version.startsWith('20.')

/** Goals are least ratios to pino 10 unless said otherwise. */
const SCENARIOS = {
  a: { name: 'disabled call', goal: 1 },
  b: { name: 'message' },
  c: { name: 'message, 8 fields', goal: 1.5 },
  d: { name: 'bound logger in a context (pino: mixin)' },
  d2: { name: 'child per request in a context', goal: isNode20 ? 1.5 : 1.4 },
  e: { name: 'redaction of 3 paths', goal: 2.5, goal9: 1.5 },
  f: { name: 'error' },
  p: { name: '20 shapes', goal: 1.4 },
}
const ALLOCATION_GOAL = 1_700

const SINKS = {
  'sdk-buffered': '@girok/sdk, fileHandler, buffered',
  'pino-same': 'pino on the same buffer',
  'pino-shipped': 'pino.destination(path)',
}

const run = promisify(execFile)
async function child(script, args, options = []) {
  const { stdout } = await run(flags.node, [...options, join(here, 'sdk', script), ...args], { cwd: join(here, '..') })
  return JSON.parse(stdout)
}

const median = (numbers) => [...numbers].sort((one, other) => one - other)[numbers.length >> 1]

/** Median, least and greatest of pino's figure by ours, round by round. */
function ratio(ours, peer) {
  const ratios = ours.map((value, round) => peer[round] / value)
  return { median: median(ratios), least: Math.min(...ratios), greatest: Math.max(...ratios) }
}

const shown = ({ median, least, greatest }) => `${median.toFixed(2)} [${least.toFixed(2)}..${greatest.toFixed(2)}]`
const misses = []
const verdict = (name, met) => {
  if (met === false) misses.push(name)
  return met === undefined ? '' : met ? 'met' : 'MISSED'
}
const row = (...cells) => console.log(`| ${cells.join(' | ')} |`)

const wanted = flags.only?.split(',') ?? Object.keys(SCENARIOS)
const processor = cpus()
console.log(
  `Node ${version} (V8 ${execFileSync(flags.node, ['-p', 'process.versions.v8'], { encoding: 'utf8' }).trim()}), ${processor.length} × ${processor[0]?.model.trim()}, ${rounds} rounds\n`,
)

const figures = { node: version, rounds, formatter: {}, allocation: {}, sink: {} }
console.log('Formatter: CPU nanoseconds per record, all into the same buffer of 64 KiB; ratios to pino\n')
row('', 'sdk', 'pino 10', 'pino / sdk', 'pino 9.6', 'pino 9.6 / sdk', 'goal', '')
row('---', '---', '---', '---', '---', '---', '---', '---')
for (const scenario of wanted) {
  const { name, goal, goal9 } = SCENARIOS[scenario]
  const libraries = ['sdk', 'pino', ...(goal9 === undefined ? [] : ['pino9'])]
  const times = Object.fromEntries(libraries.map((library) => [library, []]))
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < libraries.length; turn++) {
      const library = libraries[(turn + round) % libraries.length]
      times[library].push((await child('child.mjs', [library, scenario, 'speed', dist])).ns)
    }
  }
  const pino = ratio(times.sdk, times.pino)
  const pino9 = times.pino9 && ratio(times.sdk, times.pino9)
  figures.formatter[scenario] = { ns: times, pino, pino9 }
  const met = goal === undefined ? undefined : pino.median >= goal && !(goal9 && pino9.median < goal9)
  row(
    `${scenario} ${name}`,
    median(times.sdk).toFixed(scenario === 'a' ? 1 : 0),
    median(times.pino).toFixed(scenario === 'a' ? 1 : 0),
    shown(pino),
    times.pino9 ? median(times.pino9).toFixed(0) : '',
    pino9 ? shown(pino9) : '',
    goal === undefined ? '' : `≥ ${goal}${goal9 ? ` and ≥ ${goal9}` : ''}`,
    verdict(name, met),
  )
}

console.log('\nAllocation: bytes of heap per record\n')
row('', 'sdk', 'pino 10', 'goal', '')
row('---', '---', '---', '---', '---')
const young = ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256']
for (const scenario of ['c', 'd2', 'e'].filter((one) => wanted.includes(one))) {
  const ours = await child('child.mjs', ['sdk', scenario, 'allocation', dist], young)
  const peer = await child('child.mjs', ['pino', scenario, 'allocation', dist], young)
  figures.allocation[scenario] = { sdk: ours, pino: peer }
  const met = scenario === 'c' ? ours.bytes <= ALLOCATION_GOAL : undefined
  row(
    `${scenario} ${SCENARIOS[scenario].name}`,
    ours.bytes.toFixed(0),
    peer.bytes.toFixed(0),
    scenario === 'c' ? `≤ ${ALLOCATION_GOAL}` : '',
    verdict('allocation', met),
  )
}

if (flags.sink && flags.only === undefined) {
  console.log('\nDestination: CPU nanoseconds per record of 8 fields, written to a file until all is there\n')
  const names = Object.keys(SINKS)
  const times = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round) % names.length]
      times[name].push((await child('files.mjs', [name, dist])).ns)
    }
  }
  figures.sink = times
  const goals = { 'pino-same': 1.4, 'pino-shipped': 3 }
  row('', 'ns', 'by ours', 'goal', '')
  row('---', '---', '---', '---', '---')
  for (const name of names) {
    const ours = ratio(times['sdk-buffered'], times[name])
    const goal = goals[name]
    row(
      SINKS[name],
      median(times[name]).toFixed(0),
      goal === undefined ? '' : shown(ours),
      goal === undefined ? '' : `≥ ${goal}`,
      verdict(SINKS[name], goal === undefined ? undefined : ours.median >= goal),
    )
  }
}

if (flags.json) writeFileSync(flags.json, `${JSON.stringify(figures, null, 1)}\n`)
console.log(misses.length === 0 ? '\nall goals met' : `\nmissed: ${misses.join(', ')}`)
process.exitCode = misses.length === 0 ? 0 : 1
