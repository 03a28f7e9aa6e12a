/** An exporter whose values follow a script over time. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { OUTAGE, SCRIPT, TICK_MS } from './alert-chain-scenario.ts'

/** Scrapes that are that much late or early are those of a machine that has no time. */
const UNSTEADY_MS = 300

export interface ScriptedExporter {
  /** host:port */
  readonly address: string
  /** Milliseconds since the epoch of the last scrape. */
  readonly scrapedMs: () => number
  /** Whether scrapes came a tick apart since the script began, and waited for their answers. */
  readonly isSteady: () => boolean
  /** Takes that long over each answer. */
  answerAfter(ms: number): void
  /** Begins the script with the next scrape; resolves with its time. */
  begin(): Promise<number>
  close(): void
}

/** For one scraper: seconds of the script are counted from its first scrape after `begin`, so that its offset is without effect. */
export async function startScriptedExporter(): Promise<ScriptedExporter> {
  let scrapedMs = 0
  let delayMs = 0
  let startMs: number | undefined
  let begun: ((ms: number) => void) | undefined
  let steady = true
  const server = createServer(async (_, response) => {
    const now = Date.now()
    if (startMs !== undefined && Math.abs(now - scrapedMs - TICK_MS) > UNSTEADY_MS) steady = false
    scrapedMs = now
    response.on('close', () => {
      if (!response.writableFinished && startMs !== undefined) steady = false
    })
    if (begun !== undefined) {
      startMs = scrapedMs
      begun(startMs)
      begun = undefined
    }
    const second = startMs === undefined ? 0 : Math.round((scrapedMs - startMs) / TICK_MS)
    await sleep(delayMs)
    if (second >= OUTAGE[0] && second < OUTAGE[1]) {
      response.statusCode = 503
      response.end()
      return
    }
    response.setHeader('content-type', 'text/plain; version=0.0.4').end(exposed(second))
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    scrapedMs: () => scrapedMs,
    isSteady: () => steady,
    answerAfter(ms) {
      delayMs = ms
    },
    begin: () =>
      new Promise((done) => {
        begun = done
      }),
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

function exposed(second: number): string {
  const lines = SCRIPT.flatMap(({ name, labels, values }) => {
    const value = values.findLast(([from]) => from <= second)?.[1]
    const written = Object.entries(labels).map(([label, text]) => `${label}="${text}"`)
    return value === null || value === undefined ? [] : [`${name}{${written.join(',')}} ${value}\n`]
  })
  return ['temperature', 'queue_length']
    .map((name) => `# TYPE ${name} gauge\n${lines.filter((line) => line.startsWith(`${name}{`)).join('')}`)
    .join('')
}
