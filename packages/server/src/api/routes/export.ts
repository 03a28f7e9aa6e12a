import { GirokError } from '../../model/errors.ts'
import type { ResultEntry } from '../../query/engine.ts'
import { mergeLabels } from '../loki/encode.ts'
import { parseRange, requireQuery } from '../loki/params.ts'
import type { RouteFamily } from '../route.ts'
import { zonedTime } from '../zoned-time.ts'

/** Everything that matches, streamed oldest first: no row limit, flat memory, ended by closing the connection. */
export const exportLogs: RouteFamily = ({ engine, now }) => [
  {
    methods: ['GET'],
    path: '/girok/v1/export',
    scope: 'query',
    errors: 'json',
    handle: async ({ tenant, params, signal }) => {
      const format = params.get('format') ?? 'ndjson'
      if (format !== 'ndjson' && format !== 'csv') {
        throw new GirokError('bad_request', `format=${format} is not known: use ndjson or csv`)
      }
      const columns = (params.get('columns') ?? '').split(',').filter(Boolean)
      const time = zonedTime(params.get('tz') ?? 'UTC')
      const pages = engine.exportLogs({ tenant, query: requireQuery(params), ...parseRange(params, now()), signal })
      // The first page is awaited here, so that a faulty query is answered with a status instead of a broken download.
      const iterator = pages[Symbol.asyncIterator]()
      const first = await iterator.next()
      const write = format === 'csv' ? csvRow(columns, time) : ndjsonRow(columns, time)
      return {
        status: 200,
        headers: {
          'content-type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8',
          'content-disposition': `attachment; filename="girok-export.${format === 'csv' ? 'csv' : 'ndjson'}"`,
        },
        body: (async function* () {
          try {
            if (format === 'csv') yield `${['timestamp', ...columns, 'line'].map(csvCell).join(',')}\r\n`
            for (let page = first; !page.done; page = await iterator.next()) {
              let text = ''
              for (const entry of page.value) text += write(entry)
              if (text !== '') yield text
            }
          } finally {
            await iterator.return?.()
          }
        })(),
      }
    },
  },
]

type RowWriter = (entry: ResultEntry) => string

function ndjsonRow(columns: readonly string[], time: (ns: bigint) => string): RowWriter {
  return (entry) => {
    const all = mergeLabels(entry)
    const names = columns.length > 0 ? columns.filter((name) => all.has(name)) : [...all.keys()].sort()
    const labels = `{${names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(all.get(name))}`).join(',')}}`
    return `{"timestamp":"${time(entry.timeNs)}","labels":${labels},"line":${JSON.stringify(entry.line)}}\n`
  }
}

function csvRow(columns: readonly string[], time: (ns: bigint) => string): RowWriter {
  return (entry) => {
    const all = mergeLabels(entry)
    const cells = [time(entry.timeNs), ...columns.map((name) => all.get(name) ?? ''), entry.line]
    return `${cells.map(csvCell).join(',')}\r\n`
  }
}

/**
 * RFC 4180 quoting. A cell that a spreadsheet would run as a formula gets a leading apostrophe (OWASP, CSV injection):
 * log text comes from strangers.
 */
export function csvCell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) && !/^[+-]?\d+(\.\d+)?$/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
