/** Debian's Prometheus, or the program that PROMETHEUS names, started with a configuration on a free port, its data in a folder of its own. */
import { spawn } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeSnappyBlock } from '../packages/server/src/ingest/testing/encoders.ts'
import { encodeWriteV1 } from '../packages/server/src/ingest/testing/remote-write.ts'
import { temporaryFolder } from './server.ts'

export interface TestPrometheus {
  readonly url: string
  /** `data` of an answer of its API; throws with the body when it is refused. */
  get(path: string, params?: Readonly<Record<string, string>>): Promise<unknown>
  /** Ends it and removes the folder. */
  dispose(): Promise<void>
}

/**
 * @param configuration text of a prometheus.yml
 * @param folder where it is written to; other files may stand there
 */
export async function startPrometheus(
  configuration: string,
  flags: readonly string[] = [],
  folder = temporaryFolder(),
): Promise<TestPrometheus> {
  const file = join(folder, 'prometheus.yml')
  writeFileSync(file, configuration)
  const all = [`--config.file=${file}`, `--storage.tsdb.path=${join(folder, 'data')}`, ...flags]
  const child = spawn(process.env.PROMETHEUS ?? 'prometheus', [...all, '--web.listen-address=127.0.0.1:0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = new Promise<void>((done) => child.on('exit', () => done()))
  let output = ''
  const url = await new Promise<string>((found, failed) => {
    let address: string | undefined
    child.stderr.on('data', (chunk) => {
      output += chunk
      const port = /Listening on.*?address=127\.0\.0\.1:(\d+)/.exec(output)?.[1]
      if (port !== undefined) address = `http://127.0.0.1:${port}`
      // Before that it answers 503.
      if (address !== undefined && output.includes('Server is ready to receive web requests')) found(address)
    })
    child.on('error', failed)
    child.on('exit', () => failed(new Error(output)))
  })
  return {
    url,
    async get(path, params = {}) {
      const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(params)}`)
      const body = await response.text()
      if (!response.ok) throw new Error(`${response.status} ${body}`)
      return JSON.parse(body).data
    },
    async dispose() {
      child.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Sends an uncompressed `WriteRequest` in snappy; throws when it is not taken. */
export async function remoteWrite(url: string, body: Buffer, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
      ...headers,
    },
    body: new Uint8Array(body),
  })
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  await response.body?.cancel()
}

/** Writes samples of one series, each [milliseconds, value]. */
export async function writeSeries(
  { url }: { readonly url: string },
  labels: Readonly<Record<string, string>>,
  samples: readonly (readonly [number, number])[],
): Promise<void> {
  await remoteWrite(url, encodeSnappyBlock(encodeWriteV1([{ labels: Object.entries(labels), samples }])))
}
