import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { commands } from './commands/index.ts'
import { deadUrl, girok } from './testing/girok.ts'

describe('help', () => {
  test('the overview names every command', async () => {
    for (const argv of [['--help'], ['-h'], ['help']]) {
      const { code, stdout } = await girok(argv)
      expect(code).toBe(0)
      for (const command of commands) expect(stdout).toContain(`  ${command.name} `)
    }
  })

  test('no command at all is wrong usage, and shows the overview', async () => {
    expect(await girok([])).toMatchObject({ code: 2, stdout: expect.stringContaining('Usage: girok COMMAND') })
  })

  test.each(commands.map((command) => command.name))('girok %s --help has usage, flags and examples', async (name) => {
    const { code, stdout } = await girok([name, '--help'])
    expect(code).toBe(0)
    expect(stdout).toContain(`Usage: girok ${name}`)
    expect(stdout).toContain('Examples:\n')
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(120)
    expect(await girok(['help', name])).toEqual({ code: 0, stdout, stderr: '' })
  })

  test('the table holds every file of the folder', () => {
    const files = readdirSync(join(import.meta.dirname, 'commands'))
      .filter((file) => !file.includes('.test.') && file !== 'index.ts')
      .map((file) => file.replace('.ts', ''))
    expect(commands.map((command) => command.name).sort()).toEqual(files.sort())
  })
})

describe('mistakes', () => {
  test.each([
    [['qeury', 'x'], 'girok: unknown command qeury; did you mean query?'],
    [['frobnicate'], 'girok: unknown command frobnicate; there are serve, agent, query,'],
    [['query', '--limt', '3'], 'girok: unknown flag --limt; did you mean --limit?'],
    [['serve', '--no-sampel'], 'girok: unknown flag --no-sampel; did you mean --no-sample?'],
    [['query', '--limit'], 'girok: --limit needs a value: --limit N'],
    [['query', '--forward=1', 'x'], 'girok: --forward takes no value; use --forward or --no-forward'],
    [['query', 'x', '--limit', 'many'], 'girok: --limit many: give a whole number, at least 0'],
    [['query', 'x', '--output', 'xml'], 'girok: --output xml: use one of line, line, raw'],
    [['query', 'x', '--since', 'long'], 'girok: --since long: write a duration such as 15m, 1h30m or 7d'],
    [['query', 'x', '--from', 'noon'], 'girok: --from noon: write an age (15m), an ISO time'],
    [['query', 'x', '--from', '1h', '--to', '2h'], 'girok: the range is empty'],
    [['query', 'x', '--since', '1h', '--from', '1h'], 'girok: give --since or --from, not both'],
    [['query'], 'girok: no query'],
    [['query', 'a', 'b'], 'girok: one query, please'],
    [['tail'], 'girok: no query'],
    [['config'], 'girok: girok config what? There are print, check'],
    [['config', 'chekc'], 'girok: unknown: girok config chekc; did you mean girok config check?'],
    [['push', '--label', 'nope'], 'girok: --label nope: write --label name=value'],
    [['query', 'x', '--url', 'localhost'], 'girok: "localhost" is not a URL of a server'],
  ])('%j', async (argv, message) => {
    const { code, stdout, stderr } = await girok(argv)
    expect(stderr).toContain(message)
    expect(stderr).not.toContain('    at ')
    expect(code).toBe(2)
    expect(stdout).toBe('')
  })

  test('a server that is not there', async () => {
    const url = await deadUrl()
    const { code, stderr } = await girok(['query', '{a="b"}', '--url', url])
    expect(code).toBe(1)
    expect(stderr).toBe(`girok: cannot reach ${url}: nothing listens there; is girok serve running there?\n`)
  })
})

test('which server may be said before the command', async () => {
  const url = await deadUrl()
  const { stderr } = await girok(['--url', url, '--tenant=x', 'query', '{a="b"}'])
  expect(stderr).toContain(`cannot reach ${url}`)
  expect(await girok(['--url', url])).toMatchObject({ code: 2 })
})

test('a mistake tells where help is', async () => {
  expect((await girok(['query'])).stderr).toMatch(/\ngirok query --help tells more\n$/)
  expect((await girok(['qeury'])).stderr).toMatch(/\ngirok --help tells more\n$/)
})

test('version', async () => {
  expect(await girok(['--version'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^girok \d+\.\d+\.\d+ \(node /),
  })
})

test('a reader that went away is no failure', async () => {
  const stdout = new Writable({
    write(_chunk, _encoding, done) {
      done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
    },
  })
  stdout.destroy()
  expect(await girok(['--help'], { stdout })).toMatchObject({ code: 0, stderr: '' })
})
