import type { z } from 'zod'
import type { Source } from '../api/contract.ts'
import type { Arrivals } from '../ingest/arrivals.ts'
import { type RunningReceiver, runReceiver } from '../ingest/listen/open-receiver.ts'
import { usualPorts } from '../ingest/listen/options.ts'
import type { OpenReceiver, Receiver, ReceiverContext } from '../ingest/receiver.ts'
import { receivers } from '../ingest/receivers/index.ts'
import { filledSnippet } from '../ingest/snippet-text.ts'
import type { SourceBook } from '../ingest/source-book.ts'
import type { Config } from './config/index.ts'
import { singleHeader } from './http/header.ts'

/** A receiver that is switched on, made ready. */
export interface ActiveReceiver extends OpenReceiver {
  readonly name: string
}

/** Makes every receiver ready that is not switched off (`receivers.NAME.enabled`), in order of the table. */
export function openReceivers(options: Readonly<Record<string, unknown>>, context: ReceiverContext): ActiveReceiver[] {
  const active: ActiveReceiver[] = []
  for (const { name, open } of receivers) {
    const { enabled, ...own } = options[name] as { readonly enabled?: boolean }
    if (enabled !== false) active.push({ name, ...open(own, context) })
  }
  return active
}

/**
 * The base URL by which a caller reaches the server, for examples that are copied: its own address for a caller who came
 * through a proxy. The Host header was checked before.
 */
export function addressAsSeen(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  { server }: Pick<Config, 'server'>,
): URL {
  const encrypted = server.tls.cert !== undefined || singleHeader(headers['x-forwarded-proto']) === 'https'
  const host = singleHeader(headers.host) ?? `${server.host}:${server.port}`
  return new URL(`${encrypted ? 'https' : 'http'}://${host}${server.basePath}`)
}

/** The ports and pulls of all receivers that are on. */
export interface RunningReceivers {
  readonly byName: ReadonlyMap<string, RunningReceiver>
  /** `syslog udp://127.0.0.1:5514`, for the log. */
  addresses(): string[]
  close(): Promise<void>
}

/** Opens all ports and starts all pulls; when one cannot be opened all are closed again. */
export async function runReceivers(
  active: readonly ActiveReceiver[],
  context: ReceiverContext,
  shutdownTimeoutMs: number,
): Promise<RunningReceivers> {
  const byName = new Map<string, RunningReceiver>()
  const close = async () => {
    await Promise.all([...byName.values()].map((one) => one.close()))
  }
  try {
    for (const receiver of active) {
      byName.set(receiver.name, await runReceiver(receiver.name, receiver, context, shutdownTimeoutMs))
    }
  } catch (error) {
    await close()
    throw error
  }
  const addresses = () =>
    [...byName].flatMap(([name, { listeners }]) => listeners.map(({ address }) => `${name} ${address}`))
  return { byName, addresses, close }
}

/** What the page of sources shows, for one tenant. `url` is how the caller reaches the server. */
export function describeSources(
  active: readonly ActiveReceiver[],
  running: RunningReceivers,
  book: SourceBook,
  arrivals: Arrivals,
): (tenant: string, url: URL) => Source[] {
  return (tenant, url) =>
    receivers.map((receiver) => {
      const { name, summary } = receiver
      const opened = active.find((one) => one.name === name)
      const state = running.byName.get(name)
      const ports = usualPorts(receiver.options as z.ZodType)
      return {
        name,
        summary,
        enabled: opened !== undefined,
        routes: (opened?.routes ?? []).map(({ method, path }) => `${[method].flat().join(', ')} ${path}`),
        listeners: (opened?.listeners ?? []).map((listener) => {
          const open = state?.listeners.find((one) => one.name === listener.name)
          const connections = open?.connections()
          const usualPort = ports[listener.name]
          return {
            name: listener.name,
            key: `receivers.${name}.${listener.name}.port`,
            ...(open && { address: open.address }),
            ...(usualPort !== undefined && { usualPort }),
            ...(connections !== undefined && { connections }),
          }
        }),
        pulls: (state?.pulls ?? []).map((pull) => {
          const error = pull.error()
          return { name: pull.name, address: pull.address, connected: pull.connected(), ...(error && { error }) }
        }),
        ...examplesOf(receiver, state, url),
        ...reading(book, name, tenant, arrivals),
      }
    })
}

function reading(book: SourceBook, name: string, tenant: string, arrivals: Arrivals) {
  const { recordsPerSecond, lastReceivedMs, rejections, ...counts } = book.reading(name, tenant, arrivals)
  return { counts, recordsPerSecond, rejections, ...(lastReceivedMs !== undefined && { lastReceivedMs }) }
}

function examplesOf(
  { example, snippets = [], options }: Receiver,
  state: RunningReceiver | undefined,
  url: URL,
): Pick<Source, 'example' | 'snippets'> {
  const open = state?.listeners.map(({ name, port }) => [name, port] as const) ?? []
  const addresses = {
    url: url.href.replace(/\/$/, ''),
    host: url.hostname,
    ports: { ...usualPorts(options as z.ZodType), ...Object.fromEntries(open) },
  }
  return {
    example: filledSnippet(example, addresses),
    snippets: snippets.map((snippet) => ({ ...snippet, text: filledSnippet(snippet.text, addresses) })),
  }
}
