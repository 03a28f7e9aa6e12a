import { afterEach, expect, test, vi } from 'vitest'
import { createHierarchy } from '../hierarchy.ts'
import { consoleHandler } from './console.ts'

afterEach(() => vi.restoreAllMocks())

const plain = { format: (record: { message: string }) => record.message }

test('one write per record, to stderr unless told otherwise', () => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const { root } = createHierarchy()
  root.addHandler(consoleHandler({ formatter: plain }))
  root.addHandler(consoleHandler({ formatter: plain, stream: 'stdout', level: 'ERROR' }))
  root.warning('w')
  root.error('e')
  expect(stderr.mock.calls.map(([text]) => text)).toEqual(['w\n', 'e\n'])
  expect(stdout.mock.calls.map(([text]) => text)).toEqual(['e\n'])
})

test('any number of handlers add one listener to a stream', () => {
  const before = process.stderr.listenerCount('error')
  for (let i = 0; i < 20; i++) consoleHandler()
  expect(process.stderr.listenerCount('error') - before).toBeLessThanOrEqual(1)
})

test('where there are no streams, the method of the console that fits the level', () => {
  vi.stubGlobal('process', undefined)
  try {
    const calls: string[] = []
    for (const method of ['debug', 'info', 'warn', 'error'] as const) {
      vi.spyOn(console, method).mockImplementation((text) => void calls.push(`${method} ${text}`))
    }
    const { root } = createHierarchy()
    root.setLevel('DEBUG').addHandler(consoleHandler({ formatter: plain }))
    root.debug('a')
    root.info('b')
    root.warning('c')
    root.critical('d')
    expect(calls).toEqual(['debug a', 'info b', 'warn c', 'error d'])
  } finally {
    vi.unstubAllGlobals()
  }
})
