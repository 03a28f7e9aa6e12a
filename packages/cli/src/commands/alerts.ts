import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { AlertmanagerConfig } from '@girok/server/alertmanager'
import type { TestResponse } from '@girok/server/contract'
import { refusal } from '../client.ts'
import { type CommandContext, defineCommand } from '../command.ts'
import { EXIT, Failure, UsageError } from '../failure.ts'
import { printRoutes, printWay } from '../output/routes.ts'
import { safeText } from '../output/safe.ts'
import { timeNs } from '../time.ts'

export const alerts = defineCommand({
  name: 'alerts',
  summary: 'Check an alertmanager.yml, try its routes, test a contact point.',
  words: 'FILE … | FILE [LABEL=VALUE …] | NAME [LABEL=VALUE …]',
  actions: {
    check: 'whether files are good alertmanager.yml; faults one a line, with their places',
    routes: 'the routing tree of a file, or where an alert with these labels goes',
    'test-receiver': 'send a made-up alert to every integration of a contact point of the server',
  },
  remote: true,
  flags: {
    names: { kind: 'switch', summary: 'routes: only the names of the contact points, with commas in between' },
    at: { kind: 'value', value: 'TIME', summary: 'routes: when the alert begins, for time intervals (default now)' },
    verify: {
      kind: 'value',
      value: 'NAMES',
      summary: 'routes: end with code 1 when the alert does not go to these contact points, in this order',
    },
  },
  examples: [
    ['girok alerts check alertmanager.yml', 'before the server takes it up'],
    ['girok alerts routes alertmanager.yml', 'the tree'],
    ['girok alerts routes alertmanager.yml severity=critical team=db', 'who is told, when, in which group'],
    ['girok alerts routes alertmanager.yml --verify pager,chat severity=critical', 'as a test of the routes'],
    ['girok alerts test-receiver ops-chat', 'whether it reaches people'],
  ],
  async run(context) {
    const [action, ...words] = context.words
    for (const flag of ['names', 'at', 'verify']) {
      const isGiven = context.flags.text(flag) !== undefined || context.flags.switch(flag) !== undefined
      if (isGiven && action !== 'routes') throw new UsageError(`--${flag} goes with girok alerts routes`)
    }
    if (action === 'check') return await check(context, words)
    if (action === 'routes') return await routes(context, words)
    return await testReceiver(context, words)
  },
})

async function check({ io, out }: CommandContext, files: readonly string[]): Promise<number> {
  if (files.length === 0) throw new UsageError('girok alerts check needs files: girok alerts check alertmanager.yml')
  let isGood = true
  for (const file of files) {
    const { config, problems } = await read(io.cwd, file)
    await out.write(`Checking ${safeText(file)}\n`)
    if (config === undefined) {
      isGood = false
      await out.write(`  FAILED:\n${problems.map((problem) => `    ${safeText(problem)}\n`).join('')}`)
      continue
    }
    const { inhibitRules, contactPoints, templates, timeIntervals } = config
    const found = [
      'global config',
      'route',
      `${inhibitRules.length} inhibit rules`,
      `${contactPoints.length} receivers`,
      `${templates.length} templates`,
      `${timeIntervals.size} time intervals`,
    ]
    await out.write(`  SUCCESS\n  Found:\n${found.map((one) => `   - ${one}\n`).join('')}`)
  }
  return isGood ? EXIT.ok : EXIT.failure
}

async function routes(context: CommandContext, words: readonly string[]): Promise<number> {
  const { io, flags, out, note } = context
  const [file, ...labelWords] = words
  if (file === undefined) throw new UsageError('girok alerts routes needs a file: girok alerts routes alertmanager.yml')
  const labels = labelsOf(labelWords)
  const atMs = Number(timeNs(flags.text('at') ?? 'now', '--at', Date.now()) / 1_000_000n)
  const { explainRoutes, printMatchers } = await import('@girok/server/alertmanager')
  const config = await goodConfig(io.cwd, file)
  const verify = flags.text('verify')
  if (labelWords.length === 0 && verify === undefined) {
    await out.write(printRoutes(config.route, printMatchers))
    return EXIT.ok
  }
  const ways = explainRoutes(config, labels, atMs)
  const names = ways.map(({ route }) => route.receiver).join(',')
  if (flags.switch('names')) await out.write(`${safeText(names)}\n`)
  else for (const way of ways) await out.write(printWay(way, atMs))
  if (verify === undefined || verify === names) return EXIT.ok
  note(`expected ${verify}, but it goes to ${safeText(names)}`)
  return EXIT.failure
}

async function testReceiver({ client, out }: CommandContext, words: readonly string[]): Promise<number> {
  const [name, ...labelWords] = words
  if (name === undefined) throw new UsageError('girok alerts test-receiver needs the name of a contact point')
  const labels = Object.fromEntries(labelsOf(labelWords))
  const response = await client().send('/girok/v1/alerting/contact-points/test', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, ...(labelWords.length > 0 && { labels }) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Failure(refusal(response.status, text))
  const { outcomes } = JSON.parse(text) as TestResponse
  if (outcomes.length === 0)
    throw new Failure(`contact point ${JSON.stringify(name)} has no integrations: it tells nobody`)
  for (const { integration, sent, reason, ms } of outcomes) {
    const how = reason === undefined ? '' : `; ${reason}`
    const what = sent ? `sent in ${Math.round(ms)} ms${how}` : `not sent: ${reason ?? 'no reason given'}`
    await out.write(`${safeText(`${integration}: ${what}`)}\n`)
  }
  return outcomes.every(({ sent }) => sent) ? EXIT.ok : EXIT.failure
}

async function goodConfig(cwd: string, file: string): Promise<AlertmanagerConfig> {
  const { config, problems } = await read(cwd, file)
  if (config === undefined) throw new Failure(problems.map(safeText).join('\n'))
  return config
}

async function read(cwd: string, file: string) {
  const path = resolve(cwd, file)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new Failure(`cannot read ${file}: ${code === 'ENOENT' ? 'there is no such file' : message}`)
  }
  const { checkAlertmanagerConfig } = await import('@girok/server/alertmanager')
  return checkAlertmanagerConfig(text, file, path)
}

function labelsOf(words: readonly string[]): ReadonlyMap<string, string> {
  const labels = new Map<string, string>()
  for (const word of words) {
    const at = word.indexOf('=')
    if (at < 1) throw new UsageError(`${word} is no label: write NAME=VALUE`)
    labels.set(word.slice(0, at), word.slice(at + 1))
  }
  return labels
}
