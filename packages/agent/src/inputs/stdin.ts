import type { Readable } from 'node:stream'
import * as v from 'valibot'
import { defineInput, type Input, type InputContext } from '../model/input.ts'
import { Health } from './measuring/health.ts'
import { PipeLines } from './pipes/pipe-lines.ts'

const options = v.strictObject({
  /** Label `job` of the lines. */
  job: v.optional(v.string(), 'stdin'),
})

type Options = v.InferOutput<typeof options>

export const stdin = defineInput<Options>({
  name: 'stdin',
  summary: 'Lines of standard input: app | girok-agent --stdin',
  options,
  example: `
job: app
`,
  open: (given, context) => openPipe(given, context, () => process.stdin),
})

/**
 * Reads a stream to its end. The program on the other side of the pipe waits only when the sink has no memory left.
 * @param stream made when the input starts: touching standard input begins to read it
 */
export function openPipe(given: Options, context: InputContext, stream: () => Readable): Input {
  const health = new Health('stdin', context)
  const lines = new PipeLines(context, health, 'stdin', new Map([['job', given.job], ...context.labels]))
  let over = () => {}
  const done = new Promise<void>((resolve) => {
    over = resolve
  })
  let stop = () => over()
  return {
    start: () => {
      const input = stream()
      const finish = () => {
        lines.end()
        over()
      }
      const take = (chunk: Buffer) => {
        const room = lines.push(chunk)
        if (room === undefined) return
        input.pause()
        void room.then(() => input.resume())
      }
      input.on('data', take)
      input.once('end', finish)
      input.once('close', finish)
      input.on('error', (error) => {
        // A terminal that was closed.
        health.fails(`cannot be read any more: ${error.message}`)
        finish()
      })
      stop = () => {
        input.off('data', take)
        input.pause()
        finish()
      }
    },
    stop: async () => stop(),
    status: () => [health.status()],
    done,
  }
}
