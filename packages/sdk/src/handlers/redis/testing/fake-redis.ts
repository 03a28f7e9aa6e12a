import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'

/** What a server does with a command: nothing special, an error as its answer, or the end of the connection. */
export type Misbehaviour = { readonly error: string } | 'hang up' | undefined

export interface FakeRedis {
  readonly port: number
  /** Every command that was run, transactions included only when they were. */
  readonly ran: string[][]
  /** Events of a list, newest first. */
  list(key: string): { id: string; type: string; timestamp: string; data: Record<string, unknown> }[]
  stream(key: string): { id: string }[]
  readonly connections: number
  stop(): Promise<void>
}

/**
 * As much of a Redis server as tests of misbehaviour need: LPUSH, XADD and transactions. `misbehave` is asked about each
 * command as it arrives, and, as `run <command>`, when it is run inside of a transaction.
 */
export async function fakeRedis(misbehave: (command: string[]) => Misbehaviour = () => undefined, port = 0) {
  const ran: string[][] = []
  const sockets = new Set<Socket>()
  let connections = 0

  function run(command: string[]): string {
    const [name = ''] = command
    const trouble = misbehave([`run ${name}`, ...command.slice(1)])
    if (trouble !== undefined && trouble !== 'hang up') return `-${trouble.error}\r\n`
    ran.push(command)
    return name === 'xadd' ? '$3\r\n1-0\r\n' : ':1\r\n'
  }

  const server = createServer((socket) => {
    connections++
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
    let queued: string[][] | undefined
    let broken = false
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      for (;;) {
        const [command, rest] = readCommand(text)
        if (command === undefined) return
        text = rest
        const name = command[0] ?? ''
        const trouble = misbehave(command)
        if (name === 'exec') {
          const answers = (queued ?? []).map((one) => (broken ? '' : run(one)))
          const answer = broken
            ? '-EXECABORT Transaction discarded because of previous errors.\r\n'
            : `*${answers.length}\r\n${answers.join('')}`
          queued = undefined
          broken = false
          // Run, but nobody will hear of it.
          if (trouble === 'hang up') return void socket.destroy()
          socket.write(answer)
        } else if (trouble === 'hang up') {
          return void socket.destroy()
        } else if (trouble !== undefined) {
          if (queued !== undefined) broken = true
          socket.write(`-${trouble.error}\r\n`)
        } else if (name === 'multi') {
          queued = []
          socket.write('+OK\r\n')
        } else if (queued !== undefined) {
          queued.push(command)
          socket.write('+QUEUED\r\n')
        } else if (['lpush', 'xadd', 'ltrim'].includes(name)) socket.write(run(command))
        else socket.write('+OK\r\n')
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const events = (command: string, key: string) =>
    ran.filter(([name, to]) => name === command && to === key).map((one) => JSON.parse(one.at(-1) ?? ''))
  const fake: FakeRedis = {
    port: (server.address() as AddressInfo).port,
    ran,
    list: (key) => events('lpush', key).reverse(),
    stream: (key) => events('xadd', key),
    get connections() {
      return connections
    },
    stop() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  return fake
}

/** One command as Redis' clients write it (`*2\r\n$3\r\nGET\r\n$1\r\na\r\n`), its name in lower case, and what follows. */
function readCommand(text: string): [command: string[] | undefined, rest: string] {
  const head = /^\*(\d+)\r\n/.exec(text)
  if (head === null) return [undefined, text]
  const command: string[] = []
  let at = head[0].length
  for (let left = Number(head[1]); left > 0; left--) {
    const length = /^\$(\d+)\r\n/.exec(text.slice(at, at + 20))
    if (length === null) return [undefined, text]
    const start = at + length[0].length
    at = start + Number(length[1]) + 2
    if (at > text.length) return [undefined, text]
    command.push(Buffer.from(text.slice(start, at - 2), 'latin1').toString())
  }
  command[0] = command[0]?.toLowerCase() ?? ''
  return [command, text.slice(at)]
}
