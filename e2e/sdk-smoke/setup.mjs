/** Configuration, tests, typed events, domain loggers, requests. */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createHierarchy, getLogger } from '@girok/sdk'
import { configure } from '@girok/sdk/config'
import { TrainingLogger } from '@girok/sdk/domains'
import { defineEvent } from '@girok/sdk/events'
import { jsonFormatter } from '@girok/sdk/formatters'
import { nodeRequestLog } from '@girok/sdk/middleware'
import { captureLogs } from '@girok/sdk/testing'
import { check, folder, linesOf, written } from './check.mjs'

check('configuration by an object; mistakes say where', async () => {
  const hierarchy = createHierarchy()
  configure(
    {
      version: 1,
      formatters: { json: { kind: 'json' } },
      handlers: { file: { kind: 'file', path: join(folder, 'configured.log'), formatter: 'json' } },
      loggers: { noisy: { level: 'ERROR' } },
      root: { level: 'INFO', handlers: ['file'] },
    },
    { hierarchy },
  )
  hierarchy.getLogger('x').info('yes')
  hierarchy.getLogger('noisy').info('no')
  await hierarchy.close()
  assert.deepEqual(
    linesOf('configured.log').map((line) => JSON.parse(line).message),
    ['yes'],
  )
  assert.throws(() => configure({ version: 1, handlers: { a: { kind: 'fiel' } } }, { hierarchy }), /handlers\.a/)
})

check('captureLogs', async () => {
  const app = getLogger('shop')
  const logs = await captureLogs(async () => {
    await sleep(1)
    app.info('order placed', { order_id: 7 })
  })
  assert.equal(logs.find({ message: 'order placed', level: 'INFO' })?.fields.order_id, 7)
})

check('defineEvent: compiled JSON is that of jsonFormatter', () => {
  const { log, objects } = written(jsonFormatter())
  const orderPlaced = defineEvent({
    name: 'order_placed',
    fields: { order_id: 'string', total: 'number', note: 'string?' },
  })
  orderPlaced(log, { order_id: 'o"1', total: 9.5 })
  const { order_id, total, note, message } = objects()[0]
  assert.deepEqual([order_id, total, note, message], ['o"1', 9.5, undefined, 'order_placed'])
})

check('a domain logger writes its file', async () => {
  const training = new TrainingLogger('llama', { logDirectory: join(folder, 'logs'), hierarchy: createHierarchy() })
  training.logEpochStart({ epoch: 1, total_epochs: 3 })
  training.logStep({ epoch: 1, step: 10, loss: 0.5, learning_rate: 1e-4 })
  await training.close?.()
  const [name] = readdirSync(join(folder, 'logs/training'))
  const lines = linesOf(`logs/training/${name}`).map((line) => JSON.parse(line))
  assert.deepEqual(
    lines.map(({ message }) => message),
    ['training_epoch_start', 'training_step'],
  )
})

check('requests: an id for everything below, and a record of the end', async () => {
  const { log, getLogger, objects } = written(jsonFormatter())
  const server = createServer(
    nodeRequestLog(
      async (_request, response) => {
        await sleep(1)
        getLogger('inside').info('below')
        response.end('hello')
      },
      { logger: log },
    ),
  )
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  const answer = await fetch(`http://127.0.0.1:${server.address().port}/x?y=1`, {
    headers: { 'x-request-id': 'abc-123' },
  })
  assert.equal(await answer.text(), 'hello')
  await sleep(20)
  await new Promise((done) => server.close(done))
  const below = objects().find(({ message }) => message === 'below')
  assert.equal(below?.request_id, 'abc-123')
  assert.ok(
    objects().some((one) => one.request_id === 'abc-123' && one.status_code === 200),
    JSON.stringify(objects()),
  )
})
