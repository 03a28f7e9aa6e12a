import type { Batch, Outcome } from '../remote/destination.ts'
import type { RedisClient } from './client.ts'

/** Where events go. */
export interface RedisTargets {
  /** Key of the list of a type. */
  readonly listKey: ((type: string) => string) | undefined
  readonly stream: string | undefined
  readonly maxLength: number | undefined
}

/**
 * An entry is the JSON of an event; one letter before it says that only one of its two places is left, which happens
 * where a batch is no transaction.
 */
const LIST_LEFT = 'L'
const STREAM_LEFT = 'S'

interface Step {
  readonly command: readonly string[]
  /** The entry whose place this is; undefined for trimming. */
  readonly entry: number | undefined
  readonly left: string
}

/** One attempt: everything in one transaction, or, in a cluster, whose keys are on several servers, each for itself. */
export async function deliverEvents(client: RedisClient, { entries }: Batch, targets: RedisTargets): Promise<Outcome> {
  const steps = stepsOf(entries, targets)
  const errors = await run(
    client,
    steps.map(({ command }) => [...command]),
  )
  const failed = new Map<number, { readonly left: string; readonly error: Error }[]>()
  for (const [index, { entry, left }] of steps.entries()) {
    const error = errors[index]
    if (!error || entry === undefined) continue
    failed.set(entry, [...(failed.get(entry) ?? []), { left, error }])
  }
  return outcomeOf(entries, failed, steps)
}

function outcomeOf(
  entries: readonly string[],
  failed: ReadonlyMap<number, readonly { readonly left: string; readonly error: Error }[]>,
  steps: readonly Step[],
): Outcome {
  const left: string[] = []
  let refused = 0
  let refusal = ''
  let failure = ''
  for (const [entry, failures] of failed) {
    const again = failures.find(({ error }) => !isRefusal(error))
    if (again === undefined) {
      refused++
      refusal ||= failures[0]?.error.message ?? ''
      continue
    }
    failure ||= again.error.message
    const whole = failures.length === steps.filter((step) => step.entry === entry).length
    const text = entries[entry] as string
    left.push(whole ? text : `${again.left}${bare(text)}`)
  }
  if (left.length > 0) {
    const more = refused === 0 ? {} : { refused: { count: refused, reason: refusal } }
    return { kind: 'retry', reason: failure, entries: left, ...more }
  }
  return refused === 0 ? { kind: 'delivered' } : { kind: 'refused', reason: refusal, count: refused }
}

function stepsOf(entries: readonly string[], { listKey, stream, maxLength }: RedisTargets): Step[] {
  const steps: Step[] = []
  const lists = new Set<string>()
  const bound = maxLength === undefined ? [] : ['MAXLEN', '~', String(maxLength)]
  for (const [entry, text] of entries.entries()) {
    const event = bare(text)
    const only = event === text ? '' : text.charAt(0)
    if (listKey !== undefined && only !== STREAM_LEFT) {
      const key = listKey((JSON.parse(event) as { type: string }).type)
      lists.add(key)
      steps.push({ command: ['lpush', key, event], entry, left: LIST_LEFT })
    }
    if (stream !== undefined && only !== LIST_LEFT) {
      steps.push({ command: ['xadd', stream, ...bound, '*', 'event', event], entry, left: STREAM_LEFT })
    }
  }
  if (maxLength !== undefined) {
    for (const key of lists) {
      steps.push({ command: ['ltrim', key, '0', String(maxLength - 1)], entry: undefined, left: '' })
    }
  }
  return steps
}

const bare = (text: string) => (text.startsWith('{') ? text : text.slice(1))

/** How each command ended. Rejects when none had an effect, or nobody knows. */
async function run(client: RedisClient, commands: string[][]): Promise<(Error | null)[]> {
  if (client.isCluster) {
    return Promise.all(
      commands.map(([name = '', ...args]) =>
        client.call(name, ...args).then(
          () => null,
          (error: Error) => error,
        ),
      ),
    )
  }
  try {
    return errorsOf(await client.multi(commands).exec())
  } catch (error) {
    const reasons = (error as { previousErrors?: Error[] }).previousErrors ?? []
    const first = reasons[0] ?? error
    if (!reasons.some(isRefusal)) throw first
    // Redis runs nothing of a transaction with a command that it will never run. Alone, the others can.
    return errorsOf(await client.pipeline(commands).exec())
  }
}

function errorsOf(replies: readonly (readonly [Error | null, unknown?])[] | null): (Error | null)[] {
  if (replies === null) throw new Error('the transaction was discarded')
  return replies.map(([error]) => error)
}

/**
 * Whether Redis will never run the command: the key holds something else, the user may not, or it knows no such command.
 * Everything else passes: READONLY, LOADING, OOM, MISCONF, BUSY, CLUSTERDOWN, NOAUTH, lost connections.
 */
function isRefusal(error: Error): boolean {
  return /^(WRONGTYPE|NOPERM|ERR) /.test(error.message) && !error.message.startsWith('ERR max number of clients')
}
