import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { runReceiver } from '../listen/open-receiver.ts'
import type { Method } from '../receiver.ts'
import { snippetVariables } from '../snippet-text.ts'
import { openReceiver } from '../testing/bench-of-receivers.ts'
import { startRedis } from '../testing/redis-server.ts'
import { receivers } from './index.ts'

const run = promisify(execFile)

for (const receiver of receivers) {
  it(`the example of ${receiver.name} stores a record`, async () => {
    const redis = receiver.name === 'redis' ? await startRedis() : undefined
    const bench = openReceiver(receiver, { options: { ...receiver.exampleOptions, ...(redis && { url: redis.url }) } })
    const server = createServer(async (request, response) => {
      const { pathname, searchParams } = new URL(request.url!, 'http://localhost')
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      const headers = request.headers as Record<string, string>
      const method = request.method as Method
      const sent = { method, path: pathname, query: searchParams.toString(), headers, body: Buffer.concat(chunks) }
      const answer = await bench.send(sent)
      response.writeHead(answer.status, answer.headers).end(answer.body)
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const running = await runReceiver(receiver.name, bench.opened, bench.context, 1000)
    try {
      const { port } = server.address() as AddressInfo
      const ports = Object.fromEntries(running.listeners.map((listener) => [listener.name, listener.port]))
      const addresses = { url: `http://127.0.0.1:${port}`, host: '127.0.0.1', ports }
      const example = receiver.example.replace('redis://127.0.0.1:6379', () => redis?.url ?? '')
      await run('sh', ['-c', example], { env: { ...process.env, ...snippetVariables(addresses) } })
      const stored = () => bench.counters.stored.total
      await expect.poll(stored, { timeout: 5000 }).toBeGreaterThan(0)
    } finally {
      server.close()
      server.closeAllConnections()
      await running.close()
      await redis?.stop()
    }
    expect([bench.counters.stored.total, bench.imbalance(), bench.faults]).toEqual([1, 0, []])
  })
}
