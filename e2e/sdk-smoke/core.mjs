/** Levels, hierarchy, formatters, context, processors. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  addLevel,
  clearContext,
  createHierarchy,
  LEVELS,
  levelName,
  setContext,
  textFormatter,
  withContext,
} from '@girok/sdk'
import { jsonFormatter, logfmtFormatter, prettyFormatter } from '@girok/sdk/formatters'
import { nameFilter, rateLimit, redact } from '@girok/sdk/processors'
import { captureLogs } from '@girok/sdk/testing'
import { check, written } from './check.mjs'

check('levels: a logger takes its own and those above', () => {
  const { log, lines } = written(jsonFormatter())
  log.setLevel('WARNING')
  log.info('no')
  log.warning('yes')
  log.log('CRITICAL', 'yes')
  assert.equal(lines.length, 2)
  assert.equal(log.isEnabledFor('INFO'), false)
})

check('levels: one of your own', () => {
  addLevel('NOTICE', 25)
  const { log, objects } = written(jsonFormatter())
  log.log('NOTICE', 'm')
  assert.equal(objects()[0].level, 'NOTICE')
  assert.equal(levelName(LEVELS.ERROR), 'ERROR')
})

check('hierarchy: levels are inherited, records propagate', () => {
  const { getLogger, objects } = written(jsonFormatter())
  getLogger('a').setLevel('ERROR')
  getLogger('a.b').warning('no')
  getLogger('a.b').error('yes')
  getLogger('c.d').debug('yes')
  getLogger('e').setPropagate(false)
  assert.deepEqual(
    objects().map(({ logger }) => logger),
    ['a.b', 'c.d'],
  )
})

check('JSON: shape, time, values that JSON does not have', () => {
  const { log, objects } = written(jsonFormatter(), { now: () => Date.UTC(2026, 0, 31, 8, 5, 7, 42) })
  const ring = { n: 1 }
  ring.ring = ring
  log.info('기록', {
    big: 12345678901234567890n,
    nan: Number.NaN,
    map: new Map([['k', 1]]),
    ring,
    date: new Date(0),
    s: '\ud800',
  })
  const [record] = objects()
  assert.equal(record.timestamp, '2026-01-31T08:05:07.042Z')
  assert.equal(record.message, '기록')
  assert.deepEqual(record.big, '12345678901234567890')
  assert.deepEqual(record.map, { k: 1 })
  assert.equal(record.date, '1970-01-01T00:00:00.000Z')
  assert.equal(record.nan, 'NaN')
})

check('JSON: errors with type, message, stack and cause', () => {
  const { log, objects } = written(jsonFormatter())
  log.error('failed', new TypeError('outer', { cause: new RangeError('inner') }))
  const text = JSON.stringify(objects()[0])
  for (const part of ['TypeError', 'outer', 'RangeError', 'inner', 'core.mjs']) assert.ok(text.includes(part), part)
})

check('text: a pattern as in Python', () => {
  const { log, lines } = written(textFormatter('%(name)s - %(levelname)-8s - %(message)s'))
  log.warning('hello', { a: 1, b: 'two words' })
  assert.equal(lines[0], 'root - WARNING  - hello a=1 b="two words"')
})

check('logfmt', () => {
  const { log, lines } = written(logfmtFormatter())
  log.warning('hello there', { a: 1 })
  assert.match(lines[0], /level=\S+/)
  assert.match(lines[0], /"hello there"/)
  assert.match(lines[0], / a=1/)
})

check('pretty', () => {
  const { log, lines } = written(prettyFormatter({ colors: false }))
  log.error('hello there', { a: 1 })
  assert.match(lines[0], /ERROR.*hello there/)
})

check('arguments: fields first, lazy ones, templates', () => {
  const { log, objects } = written(jsonFormatter())
  log.info({ a: 1 }, 'one')
  log.info(() => ['two', { b: 2 }])
  log.info`three ${3}`
  log.setLevel('ERROR')
  log.info(() => assert.fail('called though it is not logged'))
  assert.deepEqual(
    objects().map(({ message, a, b }) => [message, a, b]),
    [
      ['one', 1, undefined],
      ['two', undefined, 2],
      ['three 3', undefined, undefined],
    ],
  )
})

check('bound fields, defaults and those of the call', () => {
  const { log, objects } = written(jsonFormatter())
  log.setDefaults({ a: 'default', d: 'default' })
  log.with({ a: 'bound', b: 'bound' }).info('m', { b: 'call' })
  const { a, b, d } = objects()[0]
  assert.deepEqual([a, b, d], ['bound', 'call', 'default'])
})

check('context: over awaits and timers, apart in parallel calls', async () => {
  const { log, objects } = written(jsonFormatter())
  const request = (id) =>
    withContext({ request_id: id }, async () => {
      await sleep(5)
      log.info('a')
      await Promise.all([Promise.resolve().then(() => log.info('b')), new Promise((done) => setTimeout(done, 3))])
      await new Promise((done) =>
        setTimeout(() => {
          log.info('c')
          done()
        }, 3),
      )
    })
  await Promise.all([request(1), request(2), request(3)])
  log.info('outside')
  for (const message of ['a', 'b', 'c']) {
    const ids = objects()
      .filter((one) => one.message === message)
      .map((one) => one.request_id)
    assert.deepEqual(ids.sort(), [1, 2, 3], message)
  }
  assert.equal(objects().at(-1).request_id, undefined)
})

check('context: set for the rest of a function', async () => {
  const { log, objects } = written(jsonFormatter())
  await withContext({ a: 1 }, async () => {
    setContext({ b: 2 })
    await sleep(1)
    log.info('m')
    clearContext()
    log.info('n')
  })
  assert.deepEqual(
    objects().map(({ a, b }) => [a, b]),
    [
      [1, 2],
      [undefined, undefined],
    ],
  )
})

check('source: file, function and line of the call', () => {
  const hierarchy = createHierarchy()
  const { root } = hierarchy
  const logs = captureLogs({ hierarchy, source: true })
  function namedFunction() {
    root.info('here')
  }
  namedFunction()
  logs.stop()
  const { source } = logs.records[0]
  assert.equal(source?.file, 'core.mjs')
  assert.equal(source?.function, 'namedFunction')
  const lines = readFileSync(new URL(import.meta.url), 'utf8').split('\n')
  assert.equal(source?.line, lines.findIndex((text) => text.includes("root.info('here')")) + 1)
})

check('redaction: paths, names at any depth, patterns', () => {
  const { log, lines } = written(jsonFormatter())
  log.setProcessors([redact({ paths: ['user.password'], keys: ['token'], patterns: ['email', 'card'] })])
  const given = { user: { password: 'hunter2' }, deep: [{ token: 't0ken' }], note: 'write to kim@example.com' }
  log.info('card 4111 1111 1111 1111', given)
  for (const secret of ['hunter2', 't0ken', 'kim@example.com', '4111 1111'])
    assert.ok(!lines[0].includes(secret), secret)
  assert.equal(given.user.password, 'hunter2')
})

check('processors and filters drop and count', () => {
  const lines = []
  const limited = createHierarchy({ now: () => 0 })
  limited.root.setLevel('INFO').setProcessors([rateLimit({ perSecond: 1, burst: 2 })])
  limited.root.addHandler({ name: 'lines', level: 0, handle: (record) => void lines.push(record.message) })
  for (let i = 0; i < 5; i++) limited.root.info('m')
  assert.equal(lines.length, 2)
  assert.equal(limited.dropped.rate_limited, 3)
  const kept = []
  const named = createHierarchy()
  named.root.addHandler({
    name: 'k',
    level: 0,
    filters: [nameFilter('a')],
    handle: (record) => void kept.push(record.logger),
  })
  named.getLogger('a.b').error('m')
  named.getLogger('ab').error('m')
  assert.deepEqual(kept, ['a.b'])
  assert.equal(named.dropped.filtered, 1)
})
