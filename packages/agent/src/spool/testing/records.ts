import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Spool, SpoolReader, SpoolRecord } from '../../model/spool.ts'

/** A folder that is removed at the end of its block. */
export function temporaryFolder(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'girok-spool-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

/** A record whose payload says its number, and which moves the source `file` on to it. */
export function record(number: number, { count = 1, bytes = 100 } = {}): SpoolRecord {
  return {
    kind: 'logs',
    payload: Buffer.from(`${number} `.padEnd(bytes, String.fromCharCode(97 + (number % 26)))),
    count,
    positions: [{ key: 'file', identity: { path: '/var/log/a.log' }, place: number }],
  }
}

export function numberOf({ payload }: { readonly payload: Uint8Array }): number {
  return Number.parseInt(Buffer.from(payload).toString(), 10)
}

/** Numbers of all records that wait; they are done afterwards. */
export async function drain(reader: SpoolReader): Promise<number[]> {
  const numbers: number[] = []
  while (reader.backlog().records > 0) {
    const found = await reader.next(AbortSignal.timeout(200))
    if (found === undefined) break
    numbers.push(numberOf(found))
    reader.done(found)
  }
  return numbers
}

export async function fill(
  spool: Spool,
  from: number,
  to: number,
  options?: Parameters<typeof record>[1],
): Promise<void> {
  for (let number = from; number <= to; number++) await spool.append(record(number, options))
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i)
}
