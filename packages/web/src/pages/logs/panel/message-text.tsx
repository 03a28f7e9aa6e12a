import { block } from '../rows/visible-text.ts'
import { jsonOf } from './json-fields.ts'

const messageKeys = ['message', 'msg', 'error', 'event']
const stackKeys = ['stack', 'stacktrace', 'stack_trace', 'exception', 'traceback', 'exc_info']

/** What a person wants to read first: the message of a JSON line and its stack trace, else the line itself. */
export function MessageText({ line }: { readonly line: string }) {
  const json = jsonOf(line)
  const pick = (keys: readonly string[]): string | undefined => {
    for (const key of keys) {
      const value = json?.[key]
      if (typeof value === 'string' && value !== '') return value
    }
    return undefined
  }
  const message = json === undefined ? line : pick(messageKeys)
  const stack = pick(stackKeys)
  return (
    <>
      {message === undefined ? null : (
        <pre class="message" dir="ltr" data-testid="panel-message">
          {block(message.slice(0, 100_000))}
        </pre>
      )}
      {stack === undefined ? null : (
        <pre class="message stack" dir="ltr">
          {block(stack.slice(0, 100_000))}
        </pre>
      )}
    </>
  )
}
