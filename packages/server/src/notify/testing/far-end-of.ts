import { openHttpSink } from './http-sink.ts'
import { openMailSink } from './mail-sink.ts'

/** Where a notifier of any kind delivers to: a mail server for mails, else a web server that answers as the service does. */
export interface FarEnd {
  readonly url: string
  /** All that it was sent, addresses, headers and bodies, decoded. */
  received(): string
  close(): Promise<void>
}

const YES: Readonly<Record<string, string>> = { slack: 'ok', telegram: '{"ok":true,"result":{"message_id":1}}' }

export async function openFarEnd(notifier: string): Promise<FarEnd> {
  if (notifier === 'email') {
    const { port, mails, close } = await openMailSink()
    return {
      url: `http://127.0.0.1:${port}`,
      received: () =>
        mails
          .map(({ from, to, headers, parts }) => [from, ...to, ...headers.values(), ...parts.values()].join('\n'))
          .join('\n'),
      close,
    }
  }
  const sink = await openHttpSink()
  sink.answer = (_, response) => {
    const body = YES[notifier] ?? '{}'
    response.setHeader('content-type', body.startsWith('{') ? 'application/json' : 'text/plain').end(body)
  }
  return {
    url: sink.url,
    received: () =>
      sink.requests
        .map(({ path, headers, body }) =>
          [decodeURIComponent(path), JSON.stringify(headers), decodedJson(body)].join('\n'),
        )
        .join('\n'),
    close: sink.close,
  }
}

/** As text without escapes. */
function decodedJson(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body))
  } catch {
    return body
  }
}
