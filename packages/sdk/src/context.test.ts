import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { afterEach, expect, test } from 'vitest'
import {
  allFields,
  clearContext,
  createHierarchy,
  getContext,
  type LogRecord,
  setContext,
  withContext,
  withoutContext,
} from './index.ts'

/** The output of a program that has the core as `core`, run by Node without the conditions of the tests. */
async function run(program: string): Promise<unknown> {
  const bundle = await rolldown({ input: join(import.meta.dirname, 'index.ts'), platform: 'browser' })
  const [{ code }] = (await bundle.generate({ format: 'esm' })).output
  const core = `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module'], {
    encoding: 'utf8',
    cwd: import.meta.dirname,
    env: { ...process.env, NODE_OPTIONS: '' },
    input: program.replace("'core'", `'${core}'`),
  })
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

function setUp() {
  const records: LogRecord[] = []
  const { root } = createHierarchy()
  root.setLevel('INFO').addHandler({ name: 'list', level: 0, handle: (record) => void records.push(record) })
  return { log: root, fields: () => records.map(allFields) }
}
const pause = (ms = 1) => new Promise((done) => setTimeout(done, ms))

afterEach(clearContext)

test('holds across awaits and timers; inner fields win; afterwards the outer ones are back', async () => {
  const { log, fields } = setUp()
  await withContext({ request: 1, user: 'a' }, async () => {
    await pause()
    await withContext({ user: 'b' }, async () => {
      await pause()
      log.info('inner')
    })
    log.info('outer')
    withoutContext(() => log.info('none'))
  })
  log.info('after')
  expect(fields()).toEqual([{ request: 1, user: 'b' }, { request: 1, user: 'a' }, undefined, undefined])
})

test('parallel tasks do not see one another, not even what they set', async () => {
  const { log, fields } = setUp()
  const task = (id: number) =>
    withContext({ id }, async () => {
      await pause(id % 3)
      setContext({ step: id * 10 })
      await pause((id + 1) % 3)
      log.info('m', { call: id })
    })
  await Promise.all(Array.from({ length: 50 }, (_, id) => task(id)))
  const seen = fields().sort((one, other) => Number(one?.call) - Number(other?.call))
  expect(seen).toEqual(Array.from({ length: 50 }, (_, id) => ({ id, step: id * 10, call: id })))
  expect(getContext()).toEqual({})
})

test('setContext lasts to the end of the surrounding withContext; clearContext ends it at once', () => {
  withContext({ a: 1 }, () => {
    setContext({ b: 2 })
    expect(getContext()).toEqual({ a: 1, b: 2 })
    clearContext()
    expect(getContext()).toEqual({})
  })
  expect(getContext()).toEqual({})
  setContext({ c: 3 })
  expect(getContext()).toEqual({ c: 3 })
})

test('a context that is set a hundred thousand times does not grow', () => {
  withContext({ id: 1 }, () => {
    for (let step = 0; step < 100_000; step++) setContext({ step })
    expect(getContext()).toEqual({ id: 1, step: 99_999 })
  })
})

test('what work throws or rejects with comes through', async () => {
  const fault = new Error('x')
  expect(() =>
    withContext({}, () => {
      throw fault
    }),
  ).toThrow(fault)
  await expect(withContext({}, () => Promise.reject(fault))).rejects.toBe(fault)
})

test('without AsyncLocalStorage the context lasts up to the first await', async () => {
  const seen = await run(`
    process.getBuiltinModule = undefined
    const { getContext, setContext, withContext, withoutContext } = await import('core')
    const seen = []
    const note = () => seen.push(getContext())
    const { promise } = withContext({ a: 1 }, () => {
      withContext({ b: 2 }, note)
      try { withContext({ c: 3 }, () => { throw 1 }) } catch {}
      withoutContext(note)
      setContext({ d: 4 })
      note()
      return { promise: Promise.resolve().then(note) }
    })
    note()
    await promise
    console.log(JSON.stringify(seen))`)
  expect(seen).toEqual([{ a: 1, b: 2 }, {}, { a: 1, d: 4 }, {}, {}])
})

test("OpenTelemetry's active span gives trace_id and span_id; context and call win over them", async () => {
  const { ids, seen } = (await run(`
    import { context, trace } from '@opentelemetry/api'
    import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
    import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
    const { allFields, createHierarchy, withContext } = await import('core')
    const seen = []
    const { root: log } = createHierarchy()
    log.setLevel('INFO').addHandler({ name: 'l', level: 0, handle: (record) => seen.push(allFields(record) ?? null) })
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
    trace.setGlobalTracerProvider(new BasicTracerProvider())
    log.info('before')
    const ids = await trace.getTracer('test').startActiveSpan('work', async (span) => {
      log.info('inside')
      await new Promise((done) => setTimeout(done, 1))
      log.info('inside', { span_id: 'mine' })
      withContext({ request: 1 }, () => log.with({ bound: 2 }).info('all'))
      return span.spanContext()
    })
    log.info('after')
    console.log(JSON.stringify({ ids, seen }))`)) as { ids: { traceId: string; spanId: string }; seen: unknown[] }
  const both = { trace_id: ids.traceId, span_id: ids.spanId }
  expect(ids.traceId).toMatch(/^[0-9a-f]{32}$/)
  expect(seen).toEqual([null, both, { ...both, span_id: 'mine' }, { ...both, request: 1, bound: 2 }, null])
})
