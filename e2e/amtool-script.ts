/** What an operator does with amtool, run against a server; what it prints, with ids and times replaced. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { amtool } from './alertmanager.ts'
import { temporaryFolder } from './server.ts'

export interface Run {
  readonly command: string
  readonly code: number
  readonly stdout: readonly string[]
  readonly stderr: readonly string[]
  /** Alertmanager 0.25 answers otherwise than later ones and Girok. */
  readonly newer?: true
}

interface More {
  readonly newer?: true
  readonly stdin?: string
  /** The text of a refusal is the server's own: only that there is one is compared. */
  readonly own?: true
  /** Lines come in no certain order. */
  readonly anyOrder?: true
  /** Run again until what is printed holds this. */
  readonly until?: RegExp
  /** What is compared of the output. */
  readonly read?: (stdout: string) => string
}

const UNKNOWN = '123e4567-e89b-12d3-a456-426614174000'
const ABSENT = join('/nonexistent', 'silences.json')

export async function runAmtool(url: string): Promise<readonly Run[]> {
  const folder = temporaryFolder()
  const plain = normaliser(Date.now(), url, folder)
  const runs: Run[] = []

  async function run(args: readonly string[], more: More = {}): Promise<string> {
    let said = await amtool(url, args, more.stdin)
    for (let i = 0; more.until && !more.until.test(said.stdout) && i < 100; i++) {
      await new Promise((done) => setTimeout(done, 100))
      said = await amtool(url, args, more.stdin)
    }
    const number = runs.length
    const linesOf = (text: string) => {
      const lines = plain(text, number)
        .split('\n')
        .filter((line) => !/^Warning: amtool version|^\s*$/.test(line))
      return more.anyOrder ? lines.sort() : lines
    }
    const errors = linesOf(said.stderr)
    runs.push({
      command: plain(args.join(' '), number),
      code: said.code,
      stdout: linesOf(more.read?.(said.stdout) ?? said.stdout),
      stderr: more.own && errors.length > 0 ? ['a refusal'] : errors,
      ...(more.newer && { newer: true }),
    })
    return said.stdout.trim()
  }

  try {
    await configuration(run)
    await alerts(run)
    await silences(run, folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
  return runs
}

/** Of a configuration in YAML what was written into it. */
function partsOfConfiguration(yaml: string): string {
  const { route, receivers, inhibit_rules, time_intervals } = parse(yaml)
  // What holds where nothing was written need not be shown.
  if (route.repeat_interval === '4h') delete route.repeat_interval
  const names = receivers.map(({ name }: { readonly name: string }) => name)
  return [route, names, inhibit_rules, time_intervals].map((part) => JSON.stringify(part)).join('\n')
}

type RunOne = (args: readonly string[], more?: More) => Promise<string>

async function configuration(run: RunOne): Promise<void> {
  await run(['cluster', 'show'])
  // Which defaults a configuration shows differs from version to version.
  await run(['config', 'show'], { read: partsOfConfiguration })
  await run(['config', 'routes', 'show'])
  await run(['config', 'routes'])
  for (const labels of [['team=X'], ['team=Y'], ['team=M', 'severity=critical'], ['alertname=none']]) {
    await run(['config', 'routes', 'test', ...labels])
    await run(['config', 'routes', 'test', '--tree', ...labels])
  }
  await run(['config', 'routes', 'test', '--verify.receivers=team-X,team-Y', 'team=X'])
  await run(['config', 'routes', 'test', '--verify.receivers=default', 'team=X'])
  await run(['config', 'routes', 'test', 'no-label'])
}

async function alerts(run: RunOne): Promise<void> {
  const outputs = ['simple', 'extended', 'json']
  await run(['alert', 'query'])
  await run(['alert'])
  await run(['alert', 'add', 'alertname=disk', 'host=a', 'severity=critical'])
  await run(['alert', 'add', 'disk', 'host=a', 'severity=warning', '--annotation=summary=half full'])
  await run([
    'alert',
    'add',
    'disk',
    'host=b',
    'severity=warning',
    '--annotation=summary=<b> & "q"',
    '--annotation=z=1',
  ])
  await run(['alert', 'add', 'slow', 'team=X', '--generator-url=http://prometheus:9090/graph?g0.expr=up'])
  await run(['alert', 'add', 'slow', 'team=M', '--start=2020-01-01T00:00:00Z', '--end=2099-01-01T00:00:00Z'])
  await run(['alert', 'add', 'over', '--start=2020-01-01T00:00:00Z', '--end=2020-01-02T00:00:00Z'])
  await run(['alert', 'add', 'wrong', '--start=2020-01-02T00:00:00Z', '--end=2020-01-01T00:00:00Z'], { own: true })
  await run(['alert', 'add', 'wrong', '--generator-url=::'], { own: true })
  await run(['alert', 'add', 'wrong', 'no-label'])
  await run(['alert', 'add'])
  // Until the inhibited one is known as such.
  await run(['alert', 'query', '--inhibited'], { until: /disk/, anyOrder: true })
  for (const output of outputs) {
    await run([`--output=${output}`, 'alert', 'query'], { anyOrder: true })
    await run([`--output=${output}`, 'alert', 'query', 'slow', 'team=X'])
  }
  for (const matchers of [
    ['disk'],
    ['alertname=disk', 'host=b'],
    ['host=~"a|b"'],
    ['host!=a'],
    ['team!~"X"'],
    ['none'],
  ]) {
    await run(['alert', 'query', ...matchers], { anyOrder: true })
  }
  for (const flag of ['active', 'silenced', 'unprocessed'])
    await run(['alert', 'query', `--${flag}`], { anyOrder: true })
  for (const receiver of ['team-X', 'default', 'nobody']) {
    await run(['alert', 'query', `--receiver=${receiver}`], { anyOrder: true })
  }
  await run(['alert', 'query', 'host=~"("'], { own: true })
  await run(['alert', 'query', '--receiver=('], { own: true })
}

async function silences(run: RunOne, folder: string): Promise<void> {
  const outputs = ['simple', 'extended', 'json']
  let hours = 1
  /** Each ends at another time, so that their order is certain. */
  const add = (args: readonly string[], more?: More) =>
    run(['silence', 'add', `--duration=${hours++}h`, '--author=kim', ...args], more)
  await run(['silence', 'query'])
  await run(['silence'])
  await run(['silence', 'add', 'disk'])
  await add(['--comment=none'])
  await add(['--comment=none', 'host=~"("'], { own: true })
  await add(['--comment=none', 'host=~".*"'], { own: true })
  await run([
    'silence',
    'add',
    '--comment=c',
    '--author=kim',
    '--start=2020-01-01T00:00:00Z',
    '--end=2020-01-02T00:00:00Z',
    'disk',
  ])
  const disk = await add(['--comment=disks', 'disk', 'host=b'])
  await add(['--comment=many kinds', 'host=~"x|y"', 'zone!=eu', 'rack!~"r.*"'])
  const later = await run([
    'silence',
    'add',
    '--comment=later',
    '--author=lee',
    '--start=2099-01-01T00:00:00Z',
    '--end=2099-01-02T00:00:00Z',
    'team=X',
  ])
  for (const output of outputs) await run([`--output=${output}`, 'silence', 'query'])
  for (const output of outputs) await run([`--output=${output}`, 'silence', 'query', `--id=${disk}`])
  await run(['silence', 'query', '-q'])
  for (const matchers of [['disk'], ['host=b'], ['host=~"x|y"'], ['zone!=eu'], ['none']]) {
    await run(['silence', 'query', ...matchers])
  }
  for (const given of [['--created-by=kim'], ['--created-by=nobody'], ['--within=90h'], ['--expired']]) {
    await run(['silence', 'query', ...given])
  }
  await run(['alert', 'query', '--silenced'], { anyOrder: true })
  await run(['--output=json', 'alert', 'query', 'host=b'])

  await run(['silence', 'update', `--duration=${hours++}h`, '--comment=for longer', disk])
  await run(['silence', 'update', '--end=2099-02-01T00:00:00Z', later])
  await run(['silence', 'update', '--comment=none', UNKNOWN], { own: true })
  await run(['silence', 'update', '--comment=none'])
  const exported = await run(['--output=json', 'silence', 'query'])
  await run(['silence', 'expire', later])
  await run(['silence', 'expire', later])
  await run(['silence', 'expire', UNKNOWN], { newer: true })
  await run(['silence', 'expire', 'x'])
  await run(['silence', 'expire'])
  for (const output of outputs) await run([`--output=${output}`, 'silence', 'query', '--expired'])
  await run(['alert', 'query', '--silenced'], { anyOrder: true })

  const file = join(folder, 'silences.json')
  writeFileSync(file, exported)
  await run(['silence', 'import', file], { anyOrder: true })
  const foreign = exported.replace(/[0-9a-f-]{36}/g, UNKNOWN)
  await run(['silence', 'import', '--force'], { stdin: foreign, anyOrder: true })
  await run(['silence', 'import'], { stdin: foreign, own: true })
  await run(['silence', 'import', ABSENT])
  await run(['silence', 'query'], { anyOrder: true })
  await run(['silence', 'query', '--expired'], { anyOrder: true })
}

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
const TIME = /\d{4}-\d\d-\d\d(T| )\d\d:\d\d:\d\d(\.\d+)?(Z| UTC)/g
const DAY_MS = 86_400_000
/** Times are told in steps of five minutes, so that a slow machine tells the same ones; a little before counts as now. */
const STEP_MS = 300_000
const SLACK_MS = 60_000

function normaliser(startMs: number, url: string, folder: string): (text: string, run: number) => string {
  const ids = new Map<string, string>()
  const idOf = (id: string, run: number) => {
    if (id === UNKNOWN) return id
    const name = ids.get(id) ?? `silence ${run}`
    ids.set(id, name)
    return name
  }
  const time = (text: string) => {
    const ms = Date.parse(text.replace(' UTC', 'Z')) - startMs
    return Math.abs(ms) > 60 * DAY_MS ? text : `${Math.floor((ms + SLACK_MS) / STEP_MS) * 5} min`
  }
  return (text, run) =>
    text
      .replaceAll(url, 'URL')
      .replaceAll(url.replace('http://', ''), 'ADDRESS')
      .replaceAll(folder, 'FOLDER')
      .replace(ID, (id) => idOf(id, run))
      .replace(TIME, time)
      .replace(/ +/g, ' ')
}
