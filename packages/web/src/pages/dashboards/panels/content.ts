import { QueryError } from '@girok/query'
import { parsePromQL } from '@girok/query/promql'
import type { Panel } from '@girok/server/contract'
import type { ChartFrame } from '../../../charts/frame.ts'
import { type Measure, measureOfQuery } from '../../../charts/unit-of-query.ts'
import { measureOfPromQL } from '../../../promql/measure.ts'
import { frameOfAnswer, frameOfTables, tablesOfAnswer } from '../model/answer-tables.ts'
import type { PanelAnswer, QueryAnswer } from '../model/panel-answer.ts'
import type { Table } from '../model/table.ts'
import { TransformFault, transform } from '../model/transform.ts'

/** An answer made ready to be shown: transformed, in the unit of the panel. */
export interface PanelContent {
  readonly answer: PanelAnswer
  readonly tables: readonly Table[]
  /** For drawing; tables without times have no series. */
  readonly frame: ChartFrame
  readonly measure: Measure
  /** Why the answer could not be transformed; '' when it could. It is then shown as it came. */
  readonly fault: string
}

const plain: Measure = { unit: 'none', factor: 1 }
const noMeta: Parameters<typeof measureOfPromQL>[1] = new Map()

function measureOf(panel: Panel, answers: readonly QueryAnswer[]): Measure {
  if (panel.unit !== undefined) return { unit: panel.unit, factor: 1 }
  const [first] = answers
  if (first === undefined || first.kind === 'lines') return plain
  if (first.query.language === 'logql') return measureOfQuery(first.expr)
  try {
    return measureOfPromQL(parsePromQL(first.expr), noMeta)
  } catch (error) {
    // The server tells of queries that cannot be read.
    if (error instanceof QueryError) return plain
    throw error
  }
}

export function contentOf(panel: Panel, answer: PanelAnswer, legendOf: (legend: string) => string): PanelContent {
  const measure = measureOf(panel, answer.answers)
  const { transformations = [] } = panel
  let tables: readonly Table[] = tablesOfAnswer(answer, legendOf)
  let fault = ''
  let transformed = false
  if (transformations.length > 0) {
    try {
      tables = transform(tables, transformations)
      transformed = true
    } catch (error) {
      if (!(error instanceof TransformFault)) throw error
      fault = error.message
    }
  }
  const stepSeconds = answer.request.stepMs / 1000
  const frame = transformed ? frameOfTables(tables, stepSeconds) : frameOfAnswer(answer, legendOf)
  return { answer, tables: scaledTables(tables, measure), frame: scaledFrame(frame, measure), measure, fault }
}

function scaledTables(tables: readonly Table[], { factor }: Measure): readonly Table[] {
  if (factor === 1) return tables
  return tables.map((table) => ({
    ...table,
    fields: table.fields.map((field) =>
      field.kind === 'number'
        ? { ...field, values: field.values.map((value) => (typeof value === 'number' ? value * factor : value)) }
        : field,
    ),
  }))
}

function scaledFrame(frame: ChartFrame, { factor }: Measure): ChartFrame {
  if (factor === 1) return frame
  const scaled = (value: number | null): number | null => (value === null ? null : value * factor)
  return { ...frame, series: frame.series.map((one) => ({ ...one, values: one.values.map(scaled) })) }
}

/** Whether there is nothing to show: no series with a number, no row, no line. */
export function isEmpty({ answer, tables }: PanelContent): boolean {
  const lines = answer.answers.reduce((sum, one) => sum + (one.kind === 'lines' ? one.entries.length : 0), 0)
  const numbers = tables.some(({ fields }) =>
    fields.some(({ kind, values }) => kind === 'number' && values.some((value) => value !== null)),
  )
  return lines === 0 && !numbers
}
