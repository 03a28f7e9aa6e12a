import type { Counters } from '../model/counters.ts'
import type { Registry } from './registry.ts'

/** Registers the counts that conservation is checked by. */
export function ingestCounters(registry: Registry): Counters {
  return {
    received: registry.counter(
      'girok_records_received_total',
      'Records and samples that arrived, by receiver and tenant.',
    ),
    receivedBytes: registry.counter('girok_bytes_received_total', 'Bytes of lines that arrived.'),
    stored: registry.counter(
      'girok_records_stored_total',
      'Records and samples that are in the store and were acknowledged.',
    ),
    rejected: registry.counter(
      'girok_records_rejected_total',
      'Records refused, with an error to the sender where the protocol has one, by reason.',
    ),
    dropped: registry.counter(
      'girok_records_dropped_total',
      'Records left out by a processor, or come as datagrams while a queue was full, by reason.',
    ),
    duplicate: registry.counter(
      'girok_records_duplicate_total',
      'Records of batches that were stored before under their key.',
    ),
    undecodable: registry.counter(
      'girok_requests_undecodable_total',
      'Requests, connections and datagrams that could not be decoded or were refused before they were read, by reason.',
    ),
  }
}
