import { createServer } from 'node:net'
import { parse } from 'valibot'
import { expect, onTestFinished, test, vi } from 'vitest'
import { mysql } from './mysql.ts'
import { postgres } from './postgres.ts'
import { gatheringContext } from './testing/context.ts'

/** Takes connections and says nothing. */
async function silentPort(): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => void server.close())
  return (server.address() as { port: number }).port
}

test.for([
  [postgres, 'pg_up'],
  [mysql, 'mysql_up'],
] as const)('a server that is silent, and one that is not there, are down and told of in words', async ([kind, up]) => {
  for (const port of [await silentPort(), 1]) {
    const context = gatheringContext()
    const options = parse(kind.options, { port, user: 'watcher', timeout: '200ms', interval: '1s' })
    const input = (kind as typeof postgres).open(options as never, context)
    input.start()
    await vi.waitFor(() => expect(context.rounds).toHaveLength(1), 10_000)
    await input.stop()
    expect([...context.series()]).toEqual([[`${up}{instance="127.0.0.1:${port}",job="${kind.name}"}`, 0]])
    expect(input.status()).toMatchObject([
      {
        name: `${kind.name} 127.0.0.1:${port}`,
        state: 'failing',
        error: expect.stringMatching(/^cannot be reached: \S/),
      },
    ])
    expect(context.said).toHaveLength(1)
  }
})
