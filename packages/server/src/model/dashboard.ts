import type { UnitName } from './unit.ts'

/**
 * A dashboard: what people draw, what files under version control hold, what an import of a Grafana dashboard gives.
 * Plain JSON. In texts (queries, titles, legends) `$name`, `${name}`, `${name:regex}` and `[[name]]` stand for variables, besides
 * `$__interval`, `$__rate_interval`, `$__range`, `$__from`, `$__to` as in Grafana.
 */
export interface Dashboard {
  readonly title: string
  readonly description?: string
  readonly tags?: readonly string[]
  /** Times as in addresses: `now-1h`, `now`, or RFC 3339. */
  readonly time: { readonly from: string; readonly to: string }
  /** `10s`; absent: not by itself. */
  readonly refresh?: string
  readonly variables: readonly DashboardVariable[]
  readonly panels: readonly Panel[]
}

export type DashboardVariable = {
  /** As it stands in queries: letters, digits, underscores. */
  readonly name: string
  readonly label?: string
  /** Several values at once; in a query they become `(a|b)` for `=~`. */
  readonly multi?: boolean
  /** Offers "All"; `allValue` is what it stands for, by default every value. */
  readonly includeAll?: boolean
  readonly allValue?: string
  /** What is chosen at first; absent: the first value, or All where that is offered. */
  readonly current?: readonly string[]
  readonly hidden?: boolean
} & (
  | {
      /** Values of a label of metrics, or of streams of records. */
      readonly kind: 'labels'
      readonly source: 'metrics' | 'logs'
      readonly labelName: string
      /** A series selector or stream selector that narrows them; may hold other variables. */
      readonly match?: string
      /** Keeps values that the expression matches; its first group, if any, is the value. */
      readonly regex?: string
    }
  | {
      /** Values of a label of the answer of an instant query. */
      readonly kind: 'query'
      readonly language: QueryLanguage
      readonly expr: string
      readonly labelName: string
      readonly regex?: string
    }
  | { readonly kind: 'custom' | 'interval'; readonly values: readonly string[] }
  | { readonly kind: 'constant' | 'text'; readonly value: string }
)

export type QueryLanguage = 'promql' | 'logql'

export type PanelKind = 'line' | 'bar' | 'stacked' | 'heatmap' | 'gauge' | 'value' | 'table' | 'logs' | 'text' | 'row'

export interface Panel {
  /** Distinct within the dashboard, from 1. */
  readonly id: number
  readonly title: string
  readonly description?: string
  readonly kind: PanelKind
  /** On a grid of 24 columns; heights in rows of 32 pixels. Panels do not overlap: what is above pushes down. */
  readonly place: PanelPlace
  readonly queries: readonly PanelQuery[]
  /** Absent: guessed from the query. */
  readonly unit?: UnitName
  readonly decimals?: number
  readonly min?: number
  readonly max?: number
  readonly scale?: 'linear' | 'log'
  /** From this value upwards the colour holds; `info`, `ok`, `warn`, `error`. */
  readonly thresholds?: readonly { readonly value: number; readonly colour: ThresholdColour }[]
  /** How many values become one (value, gauge). Default: last. */
  readonly reduce?: 'last' | 'mean' | 'min' | 'max' | 'sum'
  readonly transformations?: readonly Transformation[]
  /** One panel for each value of this variable, side by side (`h`) or below one another (`v`). A row repeats with its panels. */
  readonly repeat?: { readonly variable: string; readonly direction: 'h' | 'v' }
  /** A LogQL query for the records behind a point; `{{label}}` stands for labels of the series. Absent: made of the query. */
  readonly logs?: string
  /** Markdown of a text panel. */
  readonly text?: string
  /** Of a row: its panels are hidden until it is opened. */
  readonly collapsed?: boolean
}

export interface PanelPlace {
  /** 0 to 23 */
  readonly x: number
  readonly y: number
  /** 1 to 24 */
  readonly w: number
  readonly h: number
}

export interface PanelQuery {
  /** `A`, `B` … */
  readonly ref: string
  readonly language: QueryLanguage
  readonly expr: string
  /** `{{model}} p95`; absent: the labels that differ. */
  readonly legend?: string
  /** One evaluation at the end of the range: tables, gauges. */
  readonly instant?: boolean
  readonly hidden?: boolean
}

export type ThresholdColour = 'info' | 'ok' | 'warn' | 'error'

/** What is made of the answers before they are shown, in order. */
export type Transformation =
  | {
      readonly kind: 'organize'
      readonly exclude?: readonly string[]
      readonly order?: readonly string[]
      readonly rename?: Readonly<Record<string, string>>
    }
  | { readonly kind: 'merge' }
  | { readonly kind: 'reduce'; readonly reducers: readonly ('last' | 'mean' | 'min' | 'max' | 'sum' | 'count')[] }
  | { readonly kind: 'filterFields'; readonly include?: string; readonly exclude?: string }
  | { readonly kind: 'sortBy'; readonly field: string; readonly descending?: boolean }
  | { readonly kind: 'limit'; readonly count: number }
  | { readonly kind: 'renameByRegex'; readonly regex: string; readonly to: string }
  | {
      readonly kind: 'calculate'
      readonly left: string
      readonly op: '+' | '-' | '*' | '/'
      /** Name of a field, or a number. */
      readonly right: string
      readonly as: string
    }

/** Where a dashboard comes from: shipped with Girok, a file of `dashboards.path`, or made here. Only the last can be saved. */
export type DashboardOrigin = 'built-in' | 'file' | 'stored'
