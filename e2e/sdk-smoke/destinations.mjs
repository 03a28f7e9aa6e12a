/** Places over a network. */
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createHierarchy } from '@girok/sdk'
import { girokHandler, redisHandler, slackHandler, smtpHandler, syslogHandler } from '@girok/sdk/handlers'
import { check, folder, listen, runEnding } from './check.mjs'

check('girok: batches arrive, a refused attempt comes again under its key', async () => {
  const server = await listen((response, number) => void response.writeHead(number === 1 ? 503 : 204).end())
  const { root, close } = createHierarchy()
  const handler = girokHandler({ url: server.url, token: 'secret', intervalMs: 5, firstRetryMs: 1, complain() {} })
  root.setLevel('INFO').addHandler(handler)
  for (let n = 0; n < 500; n++) root.info('m', { n })
  await handler.flush()
  assert.equal(handler.stats.sent, 500)
  assert.equal(server.seen[0].headers['idempotency-key'], server.seen[1].headers['idempotency-key'])
  assert.equal(server.seen[0].headers.authorization, 'Bearer secret')
  const numbers = server.seen.slice(1).flatMap(({ body }) =>
    body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).n),
  )
  assert.deepEqual(
    numbers,
    Array.from({ length: 500 }, (_, n) => n),
  )
  await close()
  await server.close()
})

check('girok: a program that just ends has sent its records', async () => {
  const server = await listen((response) => void response.writeHead(204).end())
  const { code, output } = await runEnding('sent.log', 'return', server.url)
  const lines = server.seen.flatMap(({ body }) => body.trimEnd().split('\n'))
  assert.equal(lines.length, 1000, output)
  assert.equal(code, 0, output)
  await server.close()
})

check('girok: what cannot be sent waits on disk for the next one', async () => {
  const spool = { directory: join(folder, 'spool') }
  const first = createHierarchy()
  const options = { intervalMs: 5, firstRetryMs: 1, closeTimeoutMs: 500, spool, complain() {} }
  first.root.setLevel('INFO').addHandler(girokHandler({ url: 'http://127.0.0.1:9', ...options }))
  for (let n = 0; n < 50; n++) first.root.info('m', { n })
  await first.close()
  const server = await listen((response) => void response.writeHead(204).end())
  const next = girokHandler({ url: server.url, ...options })
  await next.flush()
  await next.close()
  const lines = server.seen.flatMap(({ body }) => body.trimEnd().split('\n'))
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).n),
    Array.from({ length: 50 }, (_, n) => n),
  )
  await server.close()
})

check('slack: the message names the place of the call', async () => {
  const server = await listen((response) => void response.end('ok'))
  const { root, close } = createHierarchy()
  root.addHandler(slackHandler({ webhookUrl: `${server.url}/services/x`, title: 'Smoke', intervalMs: 1 }))
  root.error('smoke')
  await close()
  const { text, attachments } = JSON.parse(server.seen[0].body)
  assert.equal(text, ':warning: *ERROR* in Smoke')
  assert.match(attachments[0].fields[1].value, /^destinations\.mjs:\d+$/)
  await server.close()
})

check('syslog: a datagram arrives', async () => {
  const socket = createSocket('udp4')
  const message = new Promise((done) => socket.once('message', (bytes) => done(bytes.toString())))
  await new Promise((done) => socket.bind(0, '127.0.0.1', done))
  const { root, close } = createHierarchy()
  root.addHandler(syslogHandler({ port: socket.address().port, appName: 'smoke', hostname: 'h', intervalMs: 1 }))
  root.error('no card', { order_id: 1 })
  assert.match(await message, /^<11>1 \S+Z h smoke \d+ - - root: no card order_id=1$/)
  await close()
  await new Promise((done) => socket.close(done))
})

check('packages that are not installed: a word of what to install, and the records wait', async () => {
  const complaints = []
  const options = { level: 'ERROR', intervalMs: 1, closeTimeoutMs: 50, complain: (text) => void complaints.push(text) }
  const mail = smtpHandler({ from: 'a@example.com', to: ['b@example.com'], ...options })
  const redis = redisHandler(options)
  const { root, close } = createHierarchy()
  root.addHandler(mail).addHandler(redis)
  root.error('m')
  for (let i = 0; i < 100 && complaints.length < 2; i++) await sleep(10)
  const told = complaints.join('\n')
  assert.match(told, /npm install ioredis/)
  assert.match(told, /npm install nodemailer/)
  assert.deepEqual([mail.stats.waiting, redis.stats.waiting], [1, 1])
  await close()
})
