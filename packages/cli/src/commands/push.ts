import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { setTimeout as sleep } from 'node:timers/promises'
import { isRetryable, retryDelayMs } from '@girok/sdk/handlers'
import { type Batch, createBatcher } from '../batches.ts'
import { type Client, refusal } from '../client.ts'
import { type CommandContext, defineCommand } from '../command.ts'
import { EXIT, Failure, UsageError } from '../failure.ts'
import { createProgress, type Progress } from '../output/progress.ts'
import { durationNs } from '../time.ts'

const BATCH_SIZE = 1_048_576
const BATCH_LINES = 10_000
/** Lines of a program that writes seldom are sent after this. */
const FLUSH_MS = 500
const LAST_WORDS_MS = 500

export const push = defineCommand({
  name: 'push',
  summary: 'Send lines of files or of standard input.',
  words: '[FILE …]',
  remote: true,
  flags: {
    label: { kind: 'list', value: 'NAME=VALUE', summary: 'label of the stream; may be given several times' },
    format: { kind: 'value', value: 'FORM', summary: 'auto, json, text: what a line is (default auto)' },
    tee: { kind: 'switch', summary: 'pass standard input on to standard output' },
    'retry-for': { kind: 'value', value: 'DURATION', summary: 'how long to try while the server is away (default 5m)' },
  },
  examples: [
    ['python train.py 2>&1 | girok push --label job=training --tee', 'a program, still seen on the terminal'],
    ['girok push app.log worker.log --label service_name=shop', 'files'],
    ['zcat old.log.gz | girok push --label job=import', 'lines of JSON keep the time that they carry'],
  ],
  async run(context) {
    const { flags, words, io } = context
    if (flags.switch('tee') && words.length > 0)
      throw new UsageError('--tee passes standard input on; leave out the files')
    if (words.length === 0 && io.terminal.stdin) {
      throw new UsageError('nothing to send: name files, or pipe something in (app | girok push)')
    }
    for (const label of flags.all('label')) {
      if (!/^[a-zA-Z_][a-zA-Z0-9_]*=./s.test(label)) throw new UsageError(`--label ${label}: write --label name=value`)
    }
    const format = flags.choice('format', ['auto', 'json', 'text'])
    const pusher = createPusher(context)
    const inputs = words.length === 0 ? [io.stdin] : await Promise.all(words.map((name) => open(name, io.cwd)))
    for (const input of inputs) await pushInput(input, context, pusher, format)
    return pusher.finish()
  },
})

async function open(name: string, cwd: string): Promise<Readable> {
  const stream = createReadStream(resolve(cwd, name))
  return new Promise((found, failed) => {
    stream.once('ready', () => found(stream))
    stream.once('error', (error) => failed(new Failure(`cannot read ${name}: ${error.message}`)))
  })
}

async function pushInput(
  input: Readable,
  { io, flags, out }: CommandContext,
  pusher: Pusher,
  format: 'auto' | 'json' | 'text',
): Promise<void> {
  const tee = flags.switch('tee') === true
  const batcher = createBatcher(format, BATCH_SIZE, BATCH_LINES)
  const decoder = new StringDecoder('utf8')
  let rest = ''
  // Where a program is passed on, it must stay so, whatever becomes of the copy: finish() tells of the failure.
  const send = (batches: readonly Batch[]) =>
    sendAll(batches, pusher).catch((error: Error) => {
      if (!tee) throw error
    })
  // A line of a slow program must not wait for company.
  let sending = false
  const timer = setInterval(() => {
    if (sending) return
    sending = true
    send(batcher.flush())
      .catch((error: Error) => void input.destroy(error))
      .finally(() => {
        sending = false
      })
  }, FLUSH_MS)
  // The program before the pipe is interrupted too and its last words are wanted; but it may not end at all.
  const stop = () => setTimeout(() => input.destroy(), LAST_WORDS_MS)
  io.interrupted.addEventListener('abort', stop, { once: true })
  try {
    for await (const chunk of input as AsyncIterable<Buffer>) {
      if (tee) await out.write(chunk)
      const lines = (rest + decoder.write(chunk)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const full = batcher.add(line.endsWith('\r') ? line.slice(0, -1) : line)
        if (full) await send([full])
      }
    }
  } catch (error) {
    if (!io.interrupted.aborted || (error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  } finally {
    clearInterval(timer)
    io.interrupted.removeEventListener('abort', stop)
  }
  const last = batcher.add(rest + decoder.end())
  await send([...(last ? [last] : []), ...batcher.flush()])
}

async function sendAll(batches: readonly Batch[], pusher: Pusher): Promise<void> {
  for (const batch of batches) await pusher.send(batch)
}

interface Pusher {
  /** Resolves when the batch is stored or refused; rejects with Failure when going on is pointless. */
  send(batch: Batch): Promise<void>
  /** The exit code; rejects with the Failure that ended the sending. */
  finish(): Promise<number>
}

function createPusher({ flags, io, note, client }: CommandContext): Pusher {
  const server = client()
  const search = new URLSearchParams()
  for (const label of flags.all('label')) search.append('label', label)
  const path = search.size === 0 ? '/ingest' : `/ingest?${search}`
  const retryForMs = Number(durationNs(flags.text('retry-for') ?? '5m', '--retry-for') / 1_000_000n)
  const progress: Progress = createProgress(io)
  let refused = 0
  let waiting: Promise<void> = Promise.resolve()

  async function deliver(batch: Batch): Promise<void> {
    const answer = await sendUntilAnswered(server, path, batch, {
      forMs: retryForMs,
      interrupted: io.interrupted,
      note: (text) => progress.note(text, note),
    })
    const { rejected, message } = answer
    progress.add(batch.lines.length - rejected, batch.size)
    if (rejected > 0) {
      if (refused === 0) progress.note(`girok: ${message}`, note)
      refused += rejected
    }
  }

  return {
    send(batch) {
      // One after the other, whoever asks: lines keep their order, and memory is that of one batch.
      waiting = waiting.then(() => deliver(batch))
      // Whoever sends next, and finish(), are told.
      waiting.catch(() => undefined)
      return waiting
    },
    async finish() {
      await waiting
      progress.end()
      if (refused > 0) note(`girok: ${refused} lines were refused`)
      return refused > 0 ? EXIT.failure : EXIT.ok
    },
  }
}

async function sendUntilAnswered(
  server: Client,
  path: string,
  batch: Batch,
  retry: { readonly forMs: number; readonly interrupted: AbortSignal; readonly note: (text: string) => void },
): Promise<{ rejected: number; message: string }> {
  // One key for all attempts: a batch whose answer was lost is not stored twice.
  const headers = {
    'content-type': batch.format === 'json' ? 'application/x-ndjson' : 'text/plain; charset=utf-8',
    'idempotency-key': randomUUID(),
  }
  const body = `${batch.lines.join('\n')}\n`
  const end = Date.now() + retry.forMs
  for (let attempt = 1; ; attempt++) {
    const answer = await attemptOnce(server, path, { method: 'POST', headers, body })
    if (answer.status >= 200 && answer.status < 300) return { rejected: 0, message: '' }
    if (answer.status !== 0 && !isRetryable(answer.status)) return readRefusal(answer.status, answer.text, batch)
    const reason = answer.status === 0 ? answer.text : refusal(answer.status, answer.text)
    const delay = retryDelayMs(attempt, answer.retryAfter, Date.now())
    if (retry.interrupted.aborted || Date.now() + delay > end) throw new Failure(reason)
    if (attempt === 1) retry.note(`girok: ${reason}; trying again`)
    // An interrupt ends the wait; one more attempt is made.
    await sleep(delay, undefined, { signal: retry.interrupted }).catch(() => undefined)
  }
}

/** Status 0: there was no answer, and the text says why. */
async function attemptOnce(server: Client, path: string, init: RequestInit) {
  try {
    const response = await server.send(path, init)
    return {
      status: response.status,
      text: await response.text(),
      retryAfter: response.headers.get('retry-after'),
    }
  } catch (error) {
    return { status: 0, text: error instanceof Error ? error.message : String(error), retryAfter: null }
  }
}

/** Girok stores what is good of a batch and tells of the rest; any other refusal would meet every batch alike. */
function readRefusal(status: number, text: string, batch: Batch): { rejected: number; message: string } {
  try {
    const { rejected, errors } = JSON.parse(text) as { rejected?: unknown; errors?: { message?: string }[] }
    if (typeof rejected === 'number' && rejected <= batch.lines.length) {
      return { rejected, message: errors?.[0]?.message ?? refusal(status, text) }
    }
  } catch {
    // Not that form: a refusal of the whole request.
  }
  if (status === 413 || status === 422) return { rejected: batch.lines.length, message: refusal(status, text) }
  throw new Failure(refusal(status, text))
}
