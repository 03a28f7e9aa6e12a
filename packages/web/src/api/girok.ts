import type { FieldsResponse, SampleState, SetupResponse, StatusResponse } from '@girok/server/contract'
import { getJson, request } from './client.ts'

export function fetchStatus(signal?: AbortSignal): Promise<StatusResponse> {
  return getJson('/girok/v1/status', signal === undefined ? {} : { signal })
}

export function fetchSetup(signal?: AbortSignal): Promise<SetupResponse> {
  return getJson('/girok/v1/setup', signal === undefined ? {} : { signal })
}

export function setSample(running: boolean): Promise<SampleState> {
  return getJson('/girok/v1/sample', { method: 'POST', body: { running } })
}

export async function removeSample(): Promise<void> {
  await request('/girok/v1/sample', { method: 'DELETE' })
}

/** Fields of the newest `lineLimit` lines that a query matches in a range. */
export function fetchFields(
  query: string,
  start: bigint,
  end: bigint,
  lineLimit: number,
  signal?: AbortSignal,
): Promise<FieldsResponse> {
  return getJson('/girok/v1/fields', {
    params: { query, start: String(start), end: String(end), line_limit: lineLimit },
    ...(signal === undefined ? {} : { signal }),
  })
}
