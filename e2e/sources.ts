/** What the server says of its receivers, as the page of sources asks it. */
import type { Source, SourcesResponse } from '@girok/server/contract'
import { expect } from 'vitest'
import { eventually, type TestServer } from './server.ts'

type Asked = Pick<TestServer, 'fetch'>

export async function sourceOf(
  server: Asked,
  name: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Source> {
  const response = await server.fetch('/girok/v1/sources', { headers })
  const { sources } = (await response.json()) as SourcesResponse
  const found = sources.find((source) => source.name === name)
  if (!found) throw new Error(`there is no source ${name}`)
  return found
}

/** Where a listener of a receiver is open. */
export async function listenerOf(
  server: Asked,
  receiver: string,
  name: string,
): Promise<{ host: string; port: number }> {
  const { listeners } = await sourceOf(server, receiver)
  const address = listeners.find((listener) => listener.name === name)?.address
  if (address === undefined) throw new Error(`receivers.${receiver}.${name} is not open`)
  const { hostname, port } = new URL(address.replace(/^\w+:/, 'http:'))
  return { host: hostname, port: Number(port) }
}

/** Waits until nothing is in flight, then holds the counts of the receiver to conservation. */
export async function expectConserved(server: Asked, name: string): Promise<Source['counts']> {
  await eventually(async () => (await sourceOf(server, name)).counts.inFlight === 0)
  const { counts } = await sourceOf(server, name)
  const sum = (reasons: Source['counts']['rejected']) => reasons.reduce((total, { count }) => total + count, 0)
  expect(counts.received).toBe(counts.stored + counts.duplicate + sum(counts.rejected) + sum(counts.dropped))
  return counts
}
