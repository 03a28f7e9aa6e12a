import { type ChartFrame, type ChartSeries, frameOf } from '../../../charts/frame.ts'
import type { PanelAnswer } from './panel-answer.ts'
import { type Named, seriesTitles } from './series-title.ts'
import type { Field, Table } from './table.ts'

/** The name of the column of times; transformations of imported dashboards know it by this name. */
const timeField = 'Time'
const valueField = 'Value'

/** The series of all queries of a panel on one ladder of times. `legendOf` fills the variables of a legend in. */
export function frameOfAnswer({ request, answers }: PanelAnswer, legendOf: (legend: string) => string): ChartFrame {
  const named: Named[] = []
  const series: { readonly metric: Named['labels']; readonly values: readonly (readonly [number, string])[] }[] = []
  for (const answer of answers) {
    const legend = legendOf(answer.query.legend ?? '')
    if (answer.kind === 'series') {
      for (const one of answer.series) {
        named.push({ labels: one.metric, legend, expr: answer.expr })
        series.push(one)
      }
    } else if (answer.kind === 'instant') {
      const time = Number(request.range.to / 1_000_000n) / 1000
      for (const { metric, value } of answer.samples) {
        named.push({ labels: metric, legend, expr: answer.expr })
        series.push({ metric, values: [[time, String(value)]] })
      }
    }
  }
  const titles = seriesTitles(named)
  const onlyInstant = answers.every(({ kind }) => kind === 'instant')
  const { startMs, endMs, stepMs } = request
  const frame = frameOf(series, startMs, onlyInstant ? startMs - 1 : endMs, stepMs)
  const titled = frame.series.map((one, index): ChartSeries => {
    const title = titles[index] ?? one.name
    return { ...one, name: title, title }
  })
  return { ...frame, series: titled }
}

/** Answers as tables: of series the times down and the series across, of instant answers the labels and the value. */
export function tablesOfAnswer(answer: PanelAnswer, legendOf: (legend: string) => string): Table[] {
  const tables: Table[] = []
  const instant = answer.answers.filter(({ kind }) => kind === 'instant')
  for (const one of answer.answers) {
    const { ref } = one.query
    if (one.kind === 'series') {
      const frame = frameOfAnswer({ request: answer.request, answers: [one] }, legendOf)
      tables.push(tableOfFrame(frame, ref))
    } else if (one.kind === 'instant') {
      const names = [...new Set(one.samples.flatMap(({ metric }) => Object.keys(metric)))]
      const labels = names.filter((name) => name !== '__name__').sort()
      const fields: Field[] = labels.map((name) => ({
        name,
        kind: 'text',
        values: one.samples.map(({ metric }) => metric[name] ?? null),
      }))
      const value = instant.length > 1 ? `${valueField} #${ref}` : valueField
      const values = one.samples.map(({ value }) => (Number.isFinite(value) ? value : null))
      fields.push({ name: value, kind: 'number', values })
      tables.push({ ref, fields, rows: one.samples.length })
    }
  }
  return tables
}

/** Times down, series across. */
export function tableOfFrame({ times, series }: ChartFrame, ref: string): Table {
  const columns = series.map(({ name, values, labels }): Field => ({ name, kind: 'number', values, labels }))
  return { ref, fields: [{ name: timeField, kind: 'time', values: times }, ...columns], rows: times.length }
}

/** Columns of numbers beside a column of times as series again; tables without times have none. */
export function frameOfTables(tables: readonly Table[], stepSeconds: number): ChartFrame {
  const timed = tables.flatMap((table) => {
    const times = table.fields.find(({ kind }) => kind === 'time')
    return times === undefined ? [] : [{ table, times: times.values }]
  })
  const times = [...new Set(timed.flatMap((one) => one.times.filter((time) => typeof time === 'number')))].sort(
    (a, b) => a - b,
  )
  const rowOf = new Map(times.map((time, row) => [time, row]))
  const taken = new Map<string, number>()
  const series = timed.flatMap((one) =>
    one.table.fields
      .filter(({ kind }) => kind === 'number')
      .map((field): ChartSeries => {
        const values: (number | null)[] = new Array(times.length).fill(null)
        for (const [row, value] of field.values.entries()) {
          const at = rowOf.get(Number(one.times[row]))
          if (at !== undefined && typeof value === 'number') values[at] = value
        }
        const count = (taken.get(field.name) ?? 0) + 1
        taken.set(field.name, count)
        const name = count === 1 ? field.name : `${field.name} (${count})`
        return { name, title: name, labels: field.labels ?? {}, values, odd: 0 }
      }),
  )
  return { times, stepSeconds, series }
}
