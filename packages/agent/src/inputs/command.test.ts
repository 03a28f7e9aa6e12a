import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parse } from 'valibot'
import { expect, test, vi } from 'vitest'
import { command } from './command.ts'
import { gatheringContext, seriesName } from './testing/context.ts'
import { script, testFolder } from './testing/script.ts'

function open(options: object, context = gatheringContext()) {
  const input = command.open(parse(command.options, options), context)
  input.start()
  return { input, context }
}

test('stdout and stderr become lines of their own streams; exit code and duration become metrics', async () => {
  const { input, context } = open({
    command: 'printf "one\\ntwo"; echo "$WORD" >&2; exit 3',
    env: { WORD: 'beware' },
  })
  await vi.waitFor(() => expect(context.rounds).toHaveLength(1), 5000)
  await input.stop()
  const found = context.written.flatMap(({ source, lines }) =>
    lines.map(({ text }) => `${source.labels.get('job')} ${source.labels.get('stream')}: ${text}`),
  )
  expect(found.sort()).toEqual(['command stderr: beware', 'command stdout: one', 'command stdout: two'])
  const series = context.series('job', 'instance')
  expect(series.get('girok_command_exit_code{command="test[0]"}')).toBe(3)
  expect(series.get('girok_command_duration_seconds{command="test[0]"}')).toBeGreaterThan(0)
  expect(series.get('girok_command_runs_total{command="test[0]"}')).toBe(1)
  expect(input.status()).toMatchObject([{ state: 'failing', error: 'ended with exit code 3', count: 3 }])
  expect(context.said).toHaveLength(1)
})

test('an exposition becomes samples; series that are gone end; its own labels and times stay', async () => {
  const folder = testFolder()
  const path = script(
    'echo "# HELP jobs Jobs that wait."\necho "# TYPE jobs gauge"\necho "jobs{queue=\\"a\\"} 4"\necho "jobs{queue=\\"b\\",job=\\"own\\"} 5"\necho "past 1 1700000000000"',
    folder,
  )
  const context = gatheringContext({ labels: new Map([['site', 'x']]) })
  const { input } = open({ command: [path], format: 'prometheus', interval: '1s' }, context)
  const exposed = () => context.rounds.filter((round) => round.some(({ labels }) => labels.get('__name__') === 'jobs'))
  await vi.waitFor(() => expect(exposed()).toHaveLength(1), 5000)
  const [round] = exposed()
  expect(round?.map(({ labels, value }) => `${seriesName(labels, ['instance'])} ${value}`)).toEqual([
    'jobs{job="command",queue="a",site="x"} 4',
    'jobs{job="own",queue="b",site="x"} 5',
    'past{job="command",site="x"} 1',
  ])
  expect(round?.at(-1)?.timeMs).toBe(1_700_000_000_000)
  expect(context.descriptions).toContainEqual({ metric: 'jobs', type: 'gauge', help: 'Jobs that wait.', unit: '' })
  script('echo "jobs{queue=\\"a\\"} 4"', folder)
  await vi.waitFor(
    () =>
      expect(
        exposed()
          .at(-1)
          ?.some(({ stale }) => stale),
      ).toBe(true),
    5000,
  )
  expect(
    exposed()
      .at(-1)
      ?.map(({ labels, stale }) => [labels.get('queue'), stale ?? false]),
  ).toEqual([
    ['a', false],
    ['b', true],
  ])
  script('echo "jobs{queue="', folder)
  await vi.waitFor(() => expect(input.status()[0]?.error).toMatch(/is no exposition of metrics/), 5000)
  expect(
    exposed()
      .at(-1)
      ?.every(({ stale }) => stale),
  ).toBe(true)
  await input.stop()
})

test('a program that writes too much is not believed', async () => {
  const { input } = open({ command: 'yes "a 1" | head -c 10000', format: 'prometheus', maxOutput: '1KiB' })
  await vi.waitFor(() => expect(input.status()[0]?.error).toMatch(/more than maxOutput, 1024 bytes/), 5000)
  await input.stop()
})

test('a run that takes too long is killed with everything it started', async () => {
  const folder = testFolder()
  const pidFile = join(folder, 'pid')
  const { input, context } = open({
    command: `sleep 1000 & echo $! > ${pidFile}; echo begun; wait`,
    timeout: '300ms',
  })
  await vi.waitFor(() => expect(input.status()[0]?.error).toMatch(/took longer than 300 ms/), 5000)
  expect(context.texts()).toEqual(['begun'])
  expect(context.series('job', 'instance').get('girok_command_exit_code{command="test[0]"}')).toBe(-1)
  const pid = readFileSync(pidFile, 'utf8').trim()
  await vi.waitFor(() => expect(existsSync(`/proc/${pid}`)).toBe(false), 5000)
  await input.stop()
})

test('a program in mode stream is started again when it ends, and asked to end with the agent', async () => {
  const { input, context } = open({
    command: 'echo hello; sleep 0.2; exit 1',
    mode: 'stream',
  })
  await vi.waitFor(() => expect(context.texts()).toEqual(['hello', 'hello']), 5000)
  expect(context.said[0]).toMatchObject({ level: 'error', message: expect.stringContaining('exit code 1') })
  await input.stop()

  const second = open({
    command: 'trap "echo bye; exit 0" TERM; echo hello; while :; do sleep 0.05; done',
    mode: 'stream',
  })
  await vi.waitFor(() => expect(second.context.texts()).toEqual(['hello']), 5000)
  const beganMs = performance.now()
  await second.input.stop()
  expect(performance.now() - beganMs).toBeLessThan(1900)
  // The shell itself says that its sleep was ended.
  expect(second.context.texts().filter((text) => text !== 'Terminated')).toEqual(['hello', 'bye'])
})

test('while there is no memory the program waits at its pipe', async () => {
  const context = gatheringContext()
  let free = () => {}
  context.full = new Promise((resolve) => {
    free = resolve
  })
  const { input } = open({ command: 'seq 1 200000' }, context)
  await sleep(300)
  expect(context.texts().length).toBeLessThan(100_000)
  context.full = undefined
  free()
  await vi.waitFor(() => expect(context.texts()).toHaveLength(200_000), 5000)
  await input.stop()
})

test('a program that is not there is waited for; mistakes in options are refused', async () => {
  const { input, context } = open({ command: ['/nowhere/program'], interval: '1s' })
  await vi.waitFor(() =>
    expect(input.status()[0]).toMatchObject({ state: 'waiting', error: '/nowhere/program is not there' }),
  )
  await sleep(1200)
  await input.stop()
  expect(context.said).toHaveLength(1)
  const nowhere = open({ command: 'true', cwd: '/nowhere' })
  await vi.waitFor(() => expect(nowhere.input.status()[0]?.error).toMatch(/the folder \/nowhere, in which/))
  await nowhere.input.stop()
  expect(() => open({ command: 'x', mode: 'stream', format: 'prometheus' })).toThrow(/goes with format/)
  expect(() => parse(command.options, { command: '' })).toThrow()
  expect(() => parse(command.options, { command: 'x', typo: 1 })).toThrow(/typo/)
})
