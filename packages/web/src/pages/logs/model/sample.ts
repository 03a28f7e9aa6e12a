import type { Entry } from '../../../api/entry.ts'
import type { FieldValue } from '../query/rewrite.ts'

/** The label that every line of the sample workloads carries. */
export const sampleMark: FieldValue = { name: 'girok_sample', value: 'true', origin: 'label' }

export function isSample(entry: Entry): boolean {
  return entry.labels[sampleMark.name] === sampleMark.value
}
