import { GirokError } from '../../model/errors.ts'
import { labelName } from '../batch/label-name.ts'

/** Labels of everything in a request: the delivery stream's common attributes, and its name. */
export function labelsOf(commonAttributes: string, sourceArn: string): [string, string][] {
  const labels = new Map<string, string>()
  for (const [name, value] of attributesOf(commonAttributes)) {
    if (name !== '') labels.set(labelName(name), value)
  }
  const stream = /:deliverystream\/(.+)$/.exec(sourceArn)?.[1]
  if (stream !== undefined) labels.set('delivery_stream', stream)
  return [...labels]
}

function attributesOf(header: string): [string, string][] {
  if (header === '') return []
  let parsed: unknown
  try {
    parsed = JSON.parse(header)
  } catch {
    throw new GirokError('bad_request', 'X-Amz-Firehose-Common-Attributes is not JSON')
  }
  const attributes = (parsed as { commonAttributes?: unknown } | null)?.commonAttributes
  if (typeof attributes !== 'object' || attributes === null) return []
  return Object.entries(attributes).map(([name, value]) => [name, String(value)])
}
