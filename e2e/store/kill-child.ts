import { createInterface } from 'node:readline'
import { openStore } from '../../packages/server/src/store/open.ts'
import { makeBatch } from './batches.ts'

// A store of its own process: `write N` stores batch N under its key and says `ack N`, `ask SQL` answers with the rows,
// and at the end of input the store closes.
const store = await openStore({ dataDir: process.argv[2] ?? '', minFreeDiskBytes: 0 })
const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

async function obey(order: string): Promise<void> {
  const [verb, rest = ''] = [order.slice(0, order.indexOf(' ')), order.slice(order.indexOf(' ') + 1)]
  if (verb === 'write') {
    const number = Number(rest)
    const { stored } = await store.write(makeBatch(number), { idempotencyKey: `key ${number}` })
    say(`ack ${number} ${stored ? 'stored' : 'known'}`)
  } else {
    const answer = await store.driver.query(rest, 'TabSeparated', { lane: 'query', timeoutMs: 60_000 })
    say(`rows ${JSON.stringify(answer.toString())}`)
  }
}

const input = createInterface({ input: process.stdin })
input.on('line', (order) => {
  obey(order).catch((error: unknown) => say(`failed ${order.slice(0, 60)}: ${error}`))
})
input.on('close', () => {
  store.close().then(
    () => process.exit(0),
    (error: unknown) => {
      say(`failed close: ${error}`)
      process.exit(1)
    },
  )
})
say('ready')
