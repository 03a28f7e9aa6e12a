import type { FieldsResponse } from '@girok/server/contract'
import type { MessageKey } from '../../../shell/i18n.ts'
import { levelOfName, levels } from '../model/level.ts'
import { quote } from '../query/scan.ts'

/** A query made from what is stored. */
export interface OwnExample {
  readonly query: string
  readonly title: MessageKey
  readonly params: Readonly<Record<string, string>>
}

type Field = FieldsResponse['fields'][number]

/** Queries about a service whose lines have these fields. */
export function ownExamples(service: string, fields: readonly Field[]): OwnExample[] {
  const selector = `{service_name=${quote(service)}}`
  const params = { service }
  const found: OwnExample[] = [{ title: 'example.ownLines', params, query: selector }]
  const level = worstLevel(fields)
  if (level !== undefined) {
    const filter = `| detected_level=${quote(level)}`
    found.push({ title: 'example.ownLevel', params: { service, level }, query: `${selector} ${filter}` })
    found.push({
      title: 'example.ownLevels',
      params,
      query: `sum by (detected_level) (count_over_time(${selector}[5m]))`,
    })
    found.push({
      title: 'example.worstServices',
      params: { level },
      query: `topk(5, sum by (service_name) (count_over_time({service_name=~".+"} ${filter} [1h])))`,
    })
  }
  found.push({
    title: 'example.services',
    params: {},
    query: 'sum by (service_name) (rate({service_name=~".+"}[5m]))',
  })
  const measured = fields.find((field) => field.origin !== 'label' && field.type === 'number' && field.cardinality > 3)
  if (measured !== undefined) {
    const { name, origin } = measured
    const parser = origin === 'json' || origin === 'logfmt' ? ` | ${origin}` : ''
    const log = `${selector}${parser} | unwrap ${name}`
    found.push({
      title: 'example.ownP95',
      params: { service, name },
      query: `quantile_over_time(0.95, ${log} [5m]) by (service_name)`,
    })
  }
  return found
}

/** The most severe level that lines were given; undefined when none was. */
function worstLevel(fields: readonly Field[]): string | undefined {
  const values = fields.find((field) => field.name === 'detected_level')?.top.map(({ value }) => value) ?? []
  const known = values.filter((value) => levelOfName(value) !== 'unknown')
  const rank = (value: string): number => levels.indexOf(levelOfName(value))
  return known.sort((a, b) => rank(a) - rank(b))[0]
}
