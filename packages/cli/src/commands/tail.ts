import { setTimeout as sleep } from 'node:timers/promises'
import type { TailFrame } from '@girok/server/contract'
import WebSocket from 'ws'
import { type Client, networkReason, refusal } from '../client.ts'
import { defineCommand } from '../command.ts'
import { EXIT, Failure, UsageError } from '../failure.ts'
import { wantsColour } from '../io.ts'
import { type Entry, entryPrinter } from '../output/entries.ts'

const LONGEST_PAUSE_MS = 30_000

/** How a connection ended: normally (the server ends tails after tail.maxDuration), or for a reason. */
interface End {
  readonly opened: boolean
  readonly failure?: string
  /** The server said no; asking again gives the same answer. */
  readonly final?: boolean
}

export const tail = defineCommand({
  name: 'tail',
  summary: 'Follow log lines as they are stored.',
  words: 'QUERY',
  remote: true,
  flags: {
    output: { kind: 'value', value: 'FORM', summary: 'line, raw, json, csv (default line)' },
  },
  examples: [
    [`girok tail '{service_name="api"} |~ "(?i)error"'`, 'errors of one service'],
    [`girok tail '{job="training"}' --output raw | jq .loss`, 'a field of the lines, live'],
  ],
  async run({ io, flags, words, out, note, client }) {
    const [query, ...more] = words
    if (query === undefined) throw new UsageError(`no query: girok tail '{service_name="api"}'`)
    if (more.length > 0) throw new UsageError(`one query, please; put it in quotes so that the shell leaves it whole`)
    const form = flags.choice('output', ['line', 'raw', 'json', 'csv'])
    const printer = entryPrinter(form, { colour: wantsColour(io), terminal: io.terminal.stdout })
    if (printer.head !== '') await out.write(printer.head)
    const server = client()
    let pause = 0
    for (;;) {
      const end = await follow(server, query, io.interrupted, async (entries, dropped) => {
        pause = 0
        let text = ''
        for (const entry of entries) text += printer.print(entry)
        if (text !== '') await out.write(text)
        if (dropped > 0) note(`girok: ${dropped} lines left out, they came faster than they could be shown`)
      })
      if (io.interrupted.aborted) return EXIT.ok
      if (end.failure !== undefined && (end.final || !end.opened) && pause === 0) throw new Failure(end.failure)
      if (end.failure !== undefined) note(`girok: ${end.failure}; trying again`)
      pause = Math.min(pause === 0 ? 1000 : pause * 2, LONGEST_PAUSE_MS)
      await sleep(pause, undefined, { signal: io.interrupted }).catch(() => undefined)
      if (io.interrupted.aborted) return EXIT.ok
    }
  },
})

function follow(
  server: Client,
  query: string,
  signal: AbortSignal,
  take: (entries: readonly Entry[], dropped: number) => Promise<void>,
): Promise<End> {
  const url = `${server.url.replace(/^http/, 'ws')}/girok/v1/tail?${new URLSearchParams({ query })}`
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers: { ...server.headers }, handshakeTimeout: 10_000 })
    const labels = new Map<number, Readonly<Record<string, string>>>()
    let opened = false
    let failure: string | undefined
    let final = false
    // Frames are taken one after the other; while one is being written the socket is paused, so that the server counts
    // what does not fit instead of this process keeping it.
    let taking = Promise.resolve()
    const stop = () => socket.terminate()
    signal.addEventListener('abort', stop, { once: true })
    socket.on('open', () => {
      opened = true
    })
    socket.on('message', (data) => {
      socket.pause()
      taking = taking
        .then(() => {
          const frame = JSON.parse(String(data)) as TailFrame
          return take(entriesOf(frame, labels), frame.dropped)
        })
        .then(() => socket.resume())
      taking.catch((error) => {
        reject(error)
        stop()
      })
    })
    socket.on('unexpected-response', (_request, response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => {
        failure = refusal(response.statusCode ?? 0, body)
        final = (response.statusCode ?? 0) < 500 && response.statusCode !== 429
        stop()
      })
    })
    socket.on('error', (error) => {
      failure ??= `cannot reach ${server.url}: ${networkReason(error)}`
    })
    socket.on('close', (code, reason) => {
      signal.removeEventListener('abort', stop)
      if (code === 1008 || code === 1011) {
        failure ??= reason.toString() || `the server closed the connection (${code})`
        final = true
      } else if (opened && code === 1006) failure ??= `the connection to ${server.url} was lost`
      const end: End = { opened, final, ...(failure === undefined ? {} : { failure }) }
      taking.then(() => resolve(end), reject)
    })
  })
}

function entriesOf(frame: TailFrame, labels: Map<number, Readonly<Record<string, string>>>): Entry[] {
  for (const stream of frame.streams ?? []) labels.set(stream.index, stream.labels)
  return frame.entries.map(([ns, index, line, own]) => ({
    ns: BigInt(ns),
    labels: { ...labels.get(index), ...own },
    line,
  }))
}
