import type { SetupResponse } from '../api/contract.ts'
import type { RecordBatch } from '../model/batch.ts'

/** Refused requests that the set-up page shows, per tenant. */
const MAX_REJECTED = 20
/** Tenants that are remembered; a server with more shows the newest. */
const MAX_TENANTS = 1_000
/** Records of these do not count as "the first event": nobody sent them. */
const OWN_RECEIVERS = new Set(['girok', 'sample'])

interface TenantState {
  receivedRecords: number
  first?: { readonly receiver: string; readonly atMs: number; readonly sender: string }
  readonly rejected: SetupResponse['rejected'][number][]
}

/** Keeps what the set-up page shows: the first event of a tenant and its refused requests, since the server started. */
export function createSetupState(now: () => number) {
  const tenants = new Map<string, TenantState>()
  const stateOf = (tenant: string): TenantState => {
    let state = tenants.get(tenant)
    if (!state) {
      if (tenants.size >= MAX_TENANTS) tenants.delete(tenants.keys().next().value as string)
      state = { receivedRecords: 0, rejected: [] }
      tenants.set(tenant, state)
    }
    return state
  }
  return {
    stored(batch: RecordBatch): void {
      if (OWN_RECEIVERS.has(batch.receiver)) return
      const state = stateOf(batch.tenant)
      state.receivedRecords += batch.count
      const stream = batch.streams[batch.stream[0] ?? 0]
      state.first ??= {
        receiver: batch.receiver,
        atMs: now(),
        sender: stream?.labels.get('service_name') ?? stream?.text ?? '',
      }
    },
    rejected(entry: { receiver: string; tenant: string; status: number; reason: string }): void {
      const { rejected } = stateOf(entry.tenant)
      rejected.unshift({
        atMs: now(),
        receiver: entry.receiver,
        status: entry.status,
        reason: entry.reason.slice(0, 500),
      })
      rejected.length = Math.min(rejected.length, MAX_REJECTED)
    },
    of(tenant: string): Pick<SetupResponse, 'receivedRecords' | 'first' | 'rejected'> {
      const state = tenants.get(tenant)
      return {
        receivedRecords: state?.receivedRecords ?? 0,
        ...(state?.first ? { first: state.first } : {}),
        rejected: state?.rejected ?? [],
      }
    },
  }
}
