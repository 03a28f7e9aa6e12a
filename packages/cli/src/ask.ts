import { type Client, refusal } from './client.ts'
import { Failure } from './failure.ts'

/** Asks Girok's own API, with a JSON body or without; rejects with Failure for any status but 2xx. */
export async function ask<T>(client: Client, method: string, path: string, body?: unknown): Promise<T> {
  const init = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  return await answerOf<T>(client, await client.send(path, { method, ...init }))
}

/** The JSON of an answer; undefined where it has no body. */
export async function answerOf<T>(client: Client, response: Response): Promise<T> {
  const text = await response.text()
  if (!response.ok) throw new Failure(refusal(response.status, text))
  try {
    // 204 has no body, and nobody looks at it.
    return (text === '' ? undefined : JSON.parse(text)) as T
  } catch {
    throw new Failure(`${client.url} did not answer with JSON: is that a Girok server?`)
  }
}
