import { openStore } from '../../packages/server/src/store/open.ts'
import { makeBatch } from './batches.ts'

/** What the test asks for: to store a batch under its key, or the rows of a query. */
export type Order = { readonly write: number } | { readonly ask: string }

/** What the child says. */
export type Answer =
  | { readonly ready: true }
  | { readonly acknowledged: number }
  | { readonly rows: string }
  | { readonly failed: string }

// A store in a process of its own. It takes orders by messages, not by its input: the engine reads rows from there.
const store = await openStore({ dataDir: process.argv[2] ?? '', minFreeDiskBytes: 0 })

function say(answer: Answer): void {
  process.send?.(answer)
}

async function obey(order: Order): Promise<void> {
  if ('write' in order) {
    await store.write(makeBatch(order.write), { idempotencyKey: `key ${order.write}` })
    say({ acknowledged: order.write })
  } else {
    const answer = await store.driver.query(order.ask, 'TabSeparated', { lane: 'query', timeoutMs: 60_000 })
    say({ rows: answer.toString() })
  }
}

process.on('message', (order: Order) => {
  obey(order).catch((error: unknown) => say({ failed: `${JSON.stringify(order)}: ${error}` }))
})
process.on('disconnect', () => {
  store.close().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
say({ ready: true })
