import { hostname } from 'node:os'
import { Delivery } from '../delivery.ts'
import { defineReceiver, type ReceiverPull } from '../receiver.ts'
import { addressOf, connectRedis } from '../redis/client.ts'
import { KeyFinder } from '../redis/find-keys.ts'
import { ListReader } from '../redis/list-reader.ts'
import { redisOptions } from '../redis/options.ts'
import { Storing } from '../redis/storing.ts'
import { StreamReader } from '../redis/stream-reader.ts'

const NAME = 'redis'

/** Reads streams, as a consumer of a group, and lists. What is stored is acknowledged then, not before. */
export const redis = defineReceiver({
  name: NAME,
  summary:
    'Redis streams and lists, which the server reads: @girok/sdk and whoever writes events to log_stream or logs:TYPE',
  options: redisOptions,
  example: `redis-cli -u redis://127.0.0.1:6379 XADD log_stream '*' event '{"type":"demo","data":{"level":"info","message":"hello from redis-cli"}}'`,
  exampleOptions: { url: 'redis://127.0.0.1:6379' },
  snippets: [
    { title: 'girok.yaml', language: 'yaml', text: 'receivers:\n  redis:\n    url: redis://127.0.0.1:6379' },
    {
      title: '@girok/sdk',
      language: 'javascript',
      text: "import { root } from '@girok/sdk'\nimport { redisHandler } from '@girok/sdk/handlers'\n\nroot.setLevel('INFO').addHandler(redisHandler({ url: 'redis://127.0.0.1:6379', maxLength: 100_000 }))",
    },
    {
      title: 'redis-py',
      language: 'python',
      text: 'import json, redis\n\nevent = {"type": "click", "data": {"ad_id": "a1"}}\nredis.Redis().xadd("log_stream", {"event": json.dumps(event)})',
    },
  ],
  open: (options, context) => {
    const { url } = options
    if (url === undefined) return {}
    const address = addressOf(url)
    const tenant = options.tenant ?? context.tenant
    const consumer = options.consumer ?? hostname()
    const delivery = new Delivery(NAME, context)
    const storing = new Storing({ receiver: NAME, tenant, field: options.field, delivery, context })
    const pulls: ReceiverPull[] = []
    const add = (name: string, names: readonly string[], run: ReaderRun) => {
      if (names.length === 0) return
      pulls.push({
        name,
        address: `${address} ${names.join(', ')}`,
        run: async (signal, state) => {
          const client = await connectRedis(options)
          try {
            await run(client, signal, state)
          } finally {
            client.disconnect()
          }
        },
      })
    }
    const streams = () => new KeyFinder(options.streams, 'stream')
    add('streams', options.streams, (client, ...rest) => {
      const { now } = context
      return new StreamReader(client, { options, consumer, address, finder: streams(), storing, now }).run(...rest)
    })
    add('lists', options.lists, (client, ...rest) => {
      const finder = new KeyFinder(options.lists, 'list')
      const given = { options, consumer, address, finder, mirrors: streams(), storing, context }
      return new ListReader(client, given).run(...rest)
    })
    return { pulls }
  },
})

type ReaderRun = (
  client: Awaited<ReturnType<typeof connectRedis>>,
  ...rest: Parameters<ReceiverPull['run']>
) => Promise<void>
