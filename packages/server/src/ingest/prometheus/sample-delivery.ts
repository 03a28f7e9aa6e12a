import type { ReceiverContext, SubmitOptions } from '../receiver.ts'
import type { AssembledSamples } from './sample-assembler.ts'

/**
 * Hands samples to the store and keeps the counts conserved: each becomes received and then stored or rejected. Resolves
 * when all accepted ones are stored; rejects with a GirokError when nothing of the batch was.
 */
export async function deliverSamples(
  context: ReceiverContext,
  { batch, refusals, bytes }: AssembledSamples,
  options?: SubmitOptions,
): Promise<void> {
  const labels = { receiver: batch.receiver, tenant: batch.tenant }
  const settled = context.arrived(labels, batch.count + refusals.total, bytes)
  try {
    for (const { reason, count } of refusals.groups()) context.counters.rejected.add({ ...labels, reason }, count)
    await context.submitSamples(batch, options)
  } finally {
    settled()
  }
}
