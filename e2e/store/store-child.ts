import { createInterface } from 'node:readline'
import type { RecordBatch } from '../../packages/server/src/model/batch.ts'
import { labelSet, makeStream } from '../../packages/server/src/model/labels.ts'
import { openStore } from '../../packages/server/src/store/open.ts'

// A store by itself, driven line by line: `write NAME ROWS BYTES` stores a batch of that many rows of random text, `count`
// counts the rows by name, `health`, `drop` removes all records, `rss`, `close`. Answers are one line of JSON each.
const [dataDir = '', minFreeDisk = '0'] = process.argv.slice(2)
const stream = makeStream('default', labelSet([['app', 'e2e']]))

function batchOf(name: string, rows: number, bytesPerRow: number): RecordBatch {
  const lineStart = new Uint32Array(rows)
  const lineEnd = new Uint32Array(rows)
  const lines: string[] = []
  let at = 0
  for (let row = 0; row < rows; row++) {
    let line = name
    while (line.length < bytesPerRow) line += ` ${Math.random().toString(36).slice(2)}`
    lines.push(line)
    lineStart[row] = at
    at += line.length
    lineEnd[row] = at
  }
  return {
    tenant: 'default',
    receiver: 'e2e',
    count: rows,
    streams: [stream],
    stream: new Uint32Array(rows),
    seconds: new Float64Array(rows).fill(Math.floor(Date.now() / 1000)),
    nanos: new Uint32Array(rows),
    level: new Uint8Array(rows),
    bytes: Buffer.from(lines.join('')),
    lineStart,
    lineEnd,
    metadata: undefined,
  }
}

function say(answer: unknown): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}

const startMs = performance.now()
const store = await openStore({ dataDir, minFreeDiskBytes: Number(minFreeDisk) })
say({ opened: dataDir, openMs: Math.round(performance.now() - startMs), startMs: Math.round(performance.now()) })

async function answer(line: string): Promise<unknown> {
  const [command, name = '', rows = '1', bytes = '100'] = line.split(' ')
  switch (command) {
    case 'write':
      await store.write(batchOf(name, Number(rows), Number(bytes)))
      return { stored: name }
    case 'count': {
      const sql = "SELECT splitByChar(' ', line)[1] AS name, count() FROM logs GROUP BY name ORDER BY name"
      const result = await store.driver.query(sql, 'TabSeparated', { lane: 'query', timeoutMs: 10_000 })
      const pairs = result.toString().trimEnd().split('\n')
      return Object.fromEntries(pairs.filter(Boolean).map((pair) => pair.split('\t')))
    }
    case 'health':
      return store.health()
    case 'drop':
      await store.driver.command('TRUNCATE TABLE logs')
      return { dropped: true }
    case 'rss':
      return { rss: process.memoryUsage.rss() }
    case 'close':
      await store.close()
      process.exit(0)
      break
    default:
      throw new Error(`no such command: ${line}`)
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  try {
    say(await answer(line))
  } catch (error) {
    const { code, message, status } = error as { code?: string; message: string; status?: number }
    say({ error: code ?? 'none', status, message })
  }
}
