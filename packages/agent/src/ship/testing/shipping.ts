import * as v from 'valibot'
import { expect } from 'vitest'
import { LogsEncoder } from '../../encode/logs-encoder.ts'
import { readPushRequest } from '../../encode/push-request.ts'
import { SamplesEncoder } from '../../encode/samples-encoder.ts'
import { snappyDecode } from '../../encode/testing/snappy-decoder.ts'
import type { SpoolRecord } from '../../model/spool.ts'
import { openSpool } from '../../spool/open.ts'
import { temporaryFolder } from '../../spool/testing/records.ts'
import { DESTINATIONS } from '../index.ts'
import { createShippers } from '../shippers.ts'

export const APP = new Map([['app', 'demo']])
const UP = new Map([
  ['__name__', 'up'],
  ['job', 'node'],
  ['instance', 'a:9100'],
])

export function lines(...texts: string[]): SpoolRecord {
  const encoder = new LogsEncoder()
  for (const [i, text] of texts.entries()) encoder.add(APP, BigInt(1_763_755_200_000_000_000) + BigInt(i), text)
  return { kind: 'logs', count: texts.length, payload: encoder.finish(), positions: [] }
}

export function samples(...values: number[]): SpoolRecord {
  const encoder = new SamplesEncoder()
  for (const [i, value] of values.entries()) encoder.add({ labels: UP, value, timeMs: 1_763_755_200_000 + i })
  return { kind: 'samples', count: values.length, payload: encoder.finish(), positions: [] }
}

/** Lines of a push in protobuf and snappy. */
export function linesIn(body: Buffer): string[] {
  return [...readPushRequest(snappyDecode(body))].flatMap(({ entries }) =>
    entries.map(({ line }) => Buffer.from(line).toString()),
  )
}

export interface Configured {
  readonly type: string
  readonly name?: string
  readonly [option: string]: unknown
}

/** A spool and what ships it, in haste; ends with its block. */
export async function shipping(...configured: Configured[]) {
  const folder = temporaryFolder()
  const destinations = await Promise.all(
    configured.map(async ({ type, name = type, ...options }) => {
      const kind = await DESTINATIONS[type]!()
      return { name, kind, options: v.parse(kind.options, options) }
    }),
  )
  const said: string[] = []
  const names = destinations.map(({ name }) => name)
  const spool = await openSpool({ folder: folder.path, destinations: names, fsync: false })
  const log = (_level: string, message: string, fields?: object) => {
    said.push(fields === undefined ? message : `${message} ${JSON.stringify(fields)}`)
  }
  const pace = { firstMs: 5, longestMs: 20, helpMs: 50 }
  const end = async () => {
    await spool.close()
    folder[Symbol.dispose]()
  }
  const shippers = await openOrEnd(() => createShippers({ destinations, spool, log, now: Date.now, pace }), end)
  shippers.start()
  return {
    spool,
    shippers,
    said,
    /** Status of the first destination. */
    status: () => shippers.status()[0]!,
    async delivered() {
      await expect.poll(() => shippers.status().map(({ backlog }) => backlog.records), { timeout: 8000, interval: 5 }).toEqual(names.map(() => 0)) // biome-ignore format: one line
    },
    async [Symbol.asyncDispose]() {
      await shippers.stop()
      await end()
    },
  }
}

async function openOrEnd<T>(open: () => T, end: () => Promise<void>): Promise<T> {
  try {
    return open()
  } catch (error) {
    await end()
    throw error
  }
}
