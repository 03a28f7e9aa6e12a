import { fetchFields } from '../../../api/girok.ts'
import { fetchLabelValues } from '../../../api/loki.ts'
import { Latest } from '../../../explore/latest.ts'
import type { RangeNs } from '../../../time/range.ts'
import { quote } from '../query/scan.ts'
import { type OwnExample, ownExamples } from './own-examples.ts'

/** What is stored, as far as examples need to know. */
export interface Stored {
  readonly own: readonly OwnExample[]
  /** Values of the labels `job` and `service`. */
  readonly jobs: readonly string[]
  readonly services: readonly string[]
}

export const stored = new Latest<Stored>()

/** Lines that are looked at for fields. */
const sampledLines = 500

/** Girok's own lines are stored too: another service says more about what the reader sends. */
const ownService = 'girok'

export function loadStored(range: RangeNs): Promise<void> {
  const { from, to } = range
  return stored.ask(async (signal) => {
    const values = (name: string): Promise<string[]> => fetchLabelValues(name, '{}', from, to, signal)
    const [names, jobs, services] = await Promise.all([values('service_name'), values('job'), values('service')])
    const service = names.find((name) => name !== ownService) ?? names[0]
    if (service === undefined) return { own: [], jobs, services }
    const { fields } = await fetchFields(`{service_name=${quote(service)}}`, from, to, sampledLines, signal)
    return { own: ownExamples(service, fields), jobs, services }
  })
}

/** True when lines are stored that an example could find: its selector names a job or a service. */
export function hasLines(query: string, { jobs, services }: Stored): boolean {
  const named = /\{(job|service)="([^"]*)"/.exec(query)
  if (named === null) return services.length > 0
  return (named[1] === 'job' ? jobs : services).includes(named[2] ?? '')
}
