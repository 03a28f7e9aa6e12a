/** The mail handler against a real SMTP server in a process of its own, which is killed and started again under it. */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, connect as dial } from 'node:net'
import { join } from 'node:path'
import { createHierarchy } from '@girok/sdk'
import { type SmtpOptions, smtpHandler } from '@girok/sdk/handlers'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createWorkshop, type Running, type Workshop } from './programs.ts'
import { eventually } from './server.ts'
import { endTogether, freePort } from './sockets.ts'

interface Letter {
  readonly to: readonly string[]
  readonly raw: string
}

/** Writes each mail to the disk before it answers: what it has said yes to, it has. */
const SERVER = `
  import { appendFileSync } from 'node:fs'
  import { SMTPServer } from 'smtp-server'
  const [port, box, delay] = process.argv.slice(2)
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      let raw = ''
      stream.on('data', (chunk) => { raw += chunk })
      stream.on('end', () => {
        appendFileSync(box, JSON.stringify({ to: session.envelope.rcptTo.map((one) => one.address), raw }) + '\\n')
        setTimeout(done, Number(delay))
      })
    },
  })
  server.on('error', () => {})
  server.listen(Number(port), '127.0.0.1', () => console.log('listening'))
`

let workshop: Workshop
let box: string
let port: number
let server: Running | undefined
const ends: (() => unknown)[] = []

beforeAll(() => {
  workshop = createWorkshop()
  workshop.file('smtp.mjs', SERVER)
})
afterAll(() => workshop?.dispose())

beforeEach(async () => {
  box = join(workshop.folder, 'box.jsonl')
  rmSync(box, { force: true })
  port = await freePort()
})
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
  await server?.stop('SIGKILL')
})

async function startServer(delayMs = 0): Promise<void> {
  const started = workshop.start(process.execPath, ['smtp.mjs', String(port), box, String(delayMs)])
  server = started
  await eventually(() => started.output().includes('listening'))
}

function letters(): Letter[] {
  if (!existsSync(box)) return []
  const lines = readFileSync(box, 'utf8').trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as Letter)
}

const messageId = ({ raw }: Letter) => /^Message-ID: (.*)\r$/m.exec(raw)?.[1]
/** The numbers of the records in a mail. */
const numbers = ({ raw }: Letter) => [...raw.matchAll(/- record no\. (\d+)/g)].map(([, n]) => Number(n))

function logTo(options: Partial<SmtpOptions> = {}) {
  const complaints: string[] = []
  const handler = smtpHandler({
    host: '127.0.0.1',
    port,
    from: 'Shop <shop@example.com>',
    to: ['oncall@example.com'],
    subject: '광고 시스템 심각한 오류 발생',
    digestIntervalMs: 20,
    maxPerHour: Number.POSITIVE_INFINITY,
    firstRetryMs: 20,
    longestRetryMs: 200,
    closeTimeoutMs: 20_000,
    complain: (text) => void complaints.push(text),
    ...options,
  })
  ends.push(() => handler.close())
  const { root } = createHierarchy()
  root.addHandler(handler)
  return { log: root, handler, complaints }
}

test('killed and started again twice: every record is mailed, repeats have the Message-ID of the first', async () => {
  await startServer(20)
  const { log, handler, complaints } = logTo()
  const count = 300
  for (let n = 0; n < count; n++) {
    log.critical(`record no. ${n}`)
    log.error('too small for a mail')
    await new Promise((done) => setTimeout(done, 5))
    if (n === 100 || n === 200) {
      await server?.stop('SIGKILL')
      const { retries } = handler.stats
      await eventually(() => handler.stats.retries > retries)
      await startServer(20)
    }
  }
  await handler.flush()
  const { sent, waiting, retries, dropped } = handler.stats
  expect({ sent, waiting, refused: dropped.refused }).toEqual({ sent: count, waiting: 0, refused: 0 })
  expect(complaints.length).toBeGreaterThan(0)

  const mails = letters()
  const byId = new Map(mails.map((mail) => [messageId(mail), mail]))
  expect([...byId.values()].flatMap(numbers)).toEqual(Array.from({ length: count }, (_, n) => n))
  // What came twice is the same mail.
  for (const mail of mails) expect(numbers(mail)).toEqual(numbers(byId.get(messageId(mail)) as Letter))
  expect(mails.length - byId.size).toBeLessThanOrEqual(retries)
  expect(byId.size).toBeLessThan(count)
  console.log(`${count} records, ${byId.size} mails, ${retries} retries, ${mails.length - byId.size} repeats`)
})

test('killed after it took a mail and before it said so: that mail comes twice, under one Message-ID', async () => {
  await startServer(60_000)
  const { log, handler } = logTo()
  log.critical('record no. 1')
  const flushed = handler.flush()
  await eventually(() => letters().length === 1)
  await server?.stop('SIGKILL')
  log.critical('record no. 2')
  await startServer()
  await flushed
  await handler.flush()
  const mails = letters()
  expect(mails.map(numbers)).toEqual([[1], [1], [2]])
  expect(messageId(mails[0] as Letter)).toMatch(/^<[0-9a-f]{32}@example\.com>$/)
  expect(messageId(mails[1] as Letter)).toBe(messageId(mails[0] as Letter))
  expect(messageId(mails[2] as Letter)).not.toBe(messageId(mails[0] as Letter))
  expect(handler.stats).toMatchObject({ sent: 2, waiting: 0 })
})

test('a connection that breaks in the middle of a mail: nothing is lost, nothing comes twice', async () => {
  await startServer()
  let breaks = 2
  const between = createServer((near) => {
    const far = dial(port, '127.0.0.1')
    let size = 0
    near.on('data', (chunk) => {
      size += chunk.length
      // In the middle of the text of the mail.
      if (breaks > 0 && size > 700) {
        breaks--
        near.destroy()
      } else far.write(chunk)
    })
    far.pipe(near)
    endTogether(near, far)
  })
  await new Promise<void>((done) => between.listen(0, '127.0.0.1', done))
  ends.push(() => between.close())
  const { log, handler } = logTo({ port: (between.address() as AddressInfo).port })
  for (let n = 0; n < 100; n++) log.critical(`record no. ${n}`)
  await handler.flush()
  expect(letters().flatMap(numbers)).toEqual(Array.from({ length: 100 }, (_, n) => n))
  expect(handler.stats).toMatchObject({ sent: 100, waiting: 0, retries: 2 })
})

test('a program that just ends has mailed its last words', async () => {
  await startServer()
  const file = workshop.file(
    'ends.mjs',
    `
    import { getLogger, root } from '@girok/sdk'
    import { smtpHandler } from '@girok/sdk/handlers'
    const port = Number(process.argv[2])
    root.addHandler(smtpHandler({ host: '127.0.0.1', port, from: 'a@example.com', to: ['b@example.com'] }))
    getLogger('job').critical('record no. 1', { error: new Error('out of disk') })
    `,
  )
  await workshop.run(process.execPath, [file, String(port)])
  const [mail] = letters()
  expect(mail && numbers(mail)).toEqual([1])
  expect(mail?.raw).toContain('Error: out of disk')
  expect(mail?.raw).toMatch(/^Subject: \[CRITICAL\] record no\. 1\r$/m)
})
