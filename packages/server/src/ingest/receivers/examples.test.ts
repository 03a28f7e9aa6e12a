import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { openReceiver } from '../testing/bench-of-receivers.ts'
import { receivers } from './index.ts'

const run = promisify(execFile)

for (const receiver of receivers) {
  it(`the example of ${receiver.name} stores a record`, async () => {
    const bench = openReceiver(receiver)
    const server = createServer(async (request, response) => {
      const { pathname, searchParams } = new URL(request.url!, 'http://localhost')
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      const headers = request.headers as Record<string, string>
      const sent = { path: pathname, query: searchParams.toString(), headers, body: Buffer.concat(chunks) }
      const answer = await bench.send(sent)
      response.writeHead(answer.status, answer.headers).end(answer.body)
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    try {
      const { port } = server.address() as AddressInfo
      await run('sh', ['-c', receiver.example], { env: { ...process.env, URL: `http://127.0.0.1:${port}` } })
    } finally {
      server.close()
      server.closeAllConnections()
    }
    expect(bench.records()).toHaveLength(1)
  })
}
