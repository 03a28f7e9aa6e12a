import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { parse } from 'valibot'
import { expect, test } from 'vitest'
import { openPipe, stdin } from './stdin.ts'
import { gatheringContext } from './testing/context.ts'

const given = parse(stdin.options, {})

test('lines of a pipe are read to its end, the last without end of line too, and then the input is done', async () => {
  const child = spawn('/bin/sh', ['-c', 'seq 1 100000; printf "last"'])
  const context = gatheringContext({ labels: new Map([['site', 'a']]) })
  const input = openPipe(given, context, () => child.stdout)
  input.start()
  await input.done
  const texts = context.texts()
  expect(texts).toHaveLength(100_001)
  expect(texts.slice(-2)).toEqual(['100000', 'last'])
  expect(texts.findIndex((text, i) => text !== String(i + 1))).toBe(100_000)
  const { source, after } = context.written[0] ?? {}
  expect(Object.fromEntries(source?.labels ?? [])).toEqual({ job: 'stdin', site: 'a' })
  expect([source?.identity, after]).toEqual([undefined, undefined])
  expect(input.status()).toMatchObject([{ name: 'stdin', state: 'active', count: 100_001 }])
})

test('while there is no memory the pipe is left full, and nothing is lost', async () => {
  const stream = new PassThrough({ highWaterMark: 1024 })
  const context = gatheringContext()
  const input = openPipe(given, context, () => stream)
  let free = () => {}
  context.full = new Promise((resolve) => {
    free = resolve
  })
  input.start()
  let waited = false
  void (async () => {
    for (let i = 0; i < 2000; i++) {
      if (stream.write(`line ${i}\n`)) continue
      waited = true
      await once(stream, 'drain')
    }
    stream.end()
  })()
  await sleep(100)
  expect(waited).toBe(true)
  expect(context.texts().length).toBeLessThan(1000)
  context.full = undefined
  free()
  await input.done
  expect(context.texts()).toEqual(Array.from({ length: 2000 }, (_, i) => `line ${i}`))
})

test('stopping writes the line that was begun', async () => {
  const stream = new PassThrough()
  const context = gatheringContext()
  const input = openPipe(given, context, () => stream)
  input.start()
  stream.write('whole\nbegun')
  await sleep(20)
  await input.stop()
  await input.done
  stream.write('more\n')
  await sleep(20)
  expect(context.texts()).toEqual(['whole', 'begun'])
})

test('an input that was never started stops', async () => {
  const input = openPipe(given, gatheringContext(), () => new PassThrough())
  await input.stop()
  await input.done
})
