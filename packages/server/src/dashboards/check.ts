import type { Dashboard, DashboardVariable, Panel, PanelQuery, Transformation } from '../model/dashboard.ts'
import { GirokError } from '../model/errors.ts'
import { UNIT_NAMES } from '../model/unit.ts'
import { expressionOf } from './expression.ts'
import {
  byWord,
  type Fault,
  type Fields,
  finite,
  flag,
  listOf,
  needed,
  object,
  oneOf,
  optional,
  type Rule,
  text,
  textsByName,
  value,
  whole,
} from './shape.ts'

const LONGEST_NAME = 200
const LONGEST_TEXT = 64 * 1024
/** As long as a query may be by default. */
const LONGEST_QUERY = 128 * 1024
const MOST_PANELS = 500
/** Faults that are told at once; whoever mends a file by hand mends a few at a time. */
const MOST_FAULTS = 10

const line = (wanted: string): Rule<string> =>
  text(LONGEST_NAME, `${wanted} of 1 to ${LONGEST_NAME} characters on one line`, /^(?=.*\S)\P{Cc}+$/u)

const time = text(
  64,
  'now, a time before it such as now-6h (units s, m, h, d, w), or RFC 3339 such as 2026-01-31T09:00:00Z',
  /^(?:now(?:-\d{1,6}[smhdw])?|\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d))$/,
)

const expression: Rule<string> = value(
  'a regular expression, plain or as /…/ with flags',
  (given): given is string => typeof given === 'string' && given.length <= 1_000 && expressionOf(given) !== undefined,
)

const names = listOf(text(LONGEST_NAME), 500, 'names')

const variableFields: Fields<Pick<DashboardVariable, keyof DashboardVariable>> = {
  name: needed(text(100, 'letters, digits and underscores, as it stands in queries behind the $', /^\w+$/)),
  kind: needed(oneOf(['labels', 'query', 'custom', 'interval', 'constant', 'text'])),
  label: optional(text(LONGEST_NAME)),
  multi: optional(flag),
  includeAll: optional(flag),
  allValue: optional(text(LONGEST_NAME * 10)),
  current: optional(listOf(text(1_000), 1_000, 'values')),
  hidden: optional(flag),
}

type Of<K extends DashboardVariable['kind']> = Extract<DashboardVariable, { readonly kind: K }>

const labels = object<Of<'labels'>>('a variable of the kind labels', {
  ...variableFields,
  kind: needed(oneOf(['labels'])),
  source: needed(oneOf(['metrics', 'logs'])),
  labelName: needed(text(1_024, 'the name of a label', /./)),
  match: optional(text(LONGEST_QUERY)),
  regex: optional(expression),
})

const query = object<Of<'query'>>('a variable of the kind query', {
  ...variableFields,
  kind: needed(oneOf(['query'])),
  language: needed(oneOf(['promql', 'logql'])),
  expr: needed(text(LONGEST_QUERY)),
  labelName: needed(text(1_024, 'the name of a label', /./)),
  regex: optional(expression),
})

const list = object<Of<'custom' | 'interval'>>('a variable with values of its own', {
  ...variableFields,
  kind: needed(oneOf(['custom', 'interval'])),
  values: needed(listOf(text(1_000), 1_000, 'values')),
})

const single = object<Of<'constant' | 'text'>>('a variable with one value', {
  ...variableFields,
  kind: needed(oneOf(['constant', 'text'])),
  value: needed(text(10_000)),
})

const variable = byWord<DashboardVariable>('a variable', 'kind', {
  labels,
  query,
  custom: list,
  interval: list,
  constant: single,
  text: single,
})

type Made<K extends Transformation['kind']> = Extract<Transformation, { readonly kind: K }>

const transformation = byWord<Transformation>('a transformation', 'kind', {
  organize: object<Made<'organize'>>('organize', {
    kind: needed(oneOf(['organize'])),
    exclude: optional(names),
    order: optional(names),
    rename: optional(textsByName(500, LONGEST_NAME)),
  }),
  merge: object<Made<'merge'>>('merge', { kind: needed(oneOf(['merge'])) }),
  reduce: object<Made<'reduce'>>('reduce', {
    kind: needed(oneOf(['reduce'])),
    reducers: needed(listOf(oneOf(['last', 'mean', 'min', 'max', 'sum', 'count']), 20, 'reducers')),
  }),
  filterFields: object<Made<'filterFields'>>('filterFields', {
    kind: needed(oneOf(['filterFields'])),
    include: optional(expression),
    exclude: optional(expression),
  }),
  sortBy: object<Made<'sortBy'>>('sortBy', {
    kind: needed(oneOf(['sortBy'])),
    field: needed(text(LONGEST_NAME)),
    descending: optional(flag),
  }),
  limit: object<Made<'limit'>>('limit', { kind: needed(oneOf(['limit'])), count: needed(whole(0, 100_000)) }),
  renameByRegex: object<Made<'renameByRegex'>>('renameByRegex', {
    kind: needed(oneOf(['renameByRegex'])),
    regex: needed(expression),
    to: needed(text(LONGEST_NAME)),
  }),
  calculate: object<Made<'calculate'>>('calculate', {
    kind: needed(oneOf(['calculate'])),
    left: needed(text(LONGEST_NAME)),
    op: needed(oneOf(['+', '-', '*', '/'])),
    right: needed(text(LONGEST_NAME)),
    as: needed(text(LONGEST_NAME)),
  }),
})

const panelQuery = object<PanelQuery>('a query', {
  ref: needed(text(32, 'a letter, or a short word of letters, digits, - and _', /^[A-Za-z0-9_-]+$/)),
  language: needed(oneOf(['promql', 'logql'])),
  expr: needed(text(LONGEST_QUERY)),
  legend: optional(text(1_000)),
  instant: optional(flag),
  hidden: optional(flag),
})

const panel = object<Panel>('a panel', {
  id: needed(whole(1, 2 ** 31 - 1)),
  title: needed(text(LONGEST_NAME)),
  description: optional(text(LONGEST_TEXT)),
  kind: needed(oneOf(['line', 'bar', 'stacked', 'heatmap', 'gauge', 'value', 'table', 'logs', 'text', 'row'])),
  place: needed(
    object('the place of a panel', {
      x: needed(whole(0, 23)),
      y: needed(whole(0, 100_000)),
      w: needed(whole(1, 24)),
      h: needed(whole(1, 1_000)),
    }),
  ),
  queries: needed(listOf(panelQuery, 50, 'queries')),
  unit: optional(oneOf(UNIT_NAMES)),
  decimals: optional(whole(0, 20)),
  min: optional(finite),
  max: optional(finite),
  scale: optional(oneOf(['linear', 'log'])),
  thresholds: optional(
    listOf(
      object('a threshold', { value: needed(finite), colour: needed(oneOf(['info', 'ok', 'warn', 'error'])) }),
      50,
      'thresholds',
    ),
  ),
  reduce: optional(oneOf(['last', 'mean', 'min', 'max', 'sum'])),
  transformations: optional(listOf(transformation, 50, 'transformations')),
  repeat: optional(
    object('the repetition of a panel', {
      variable: needed(text(100, 'the name of a variable', /./)),
      direction: needed(oneOf(['h', 'v'])),
    }),
  ),
  logs: optional(text(LONGEST_QUERY)),
  text: optional(text(LONGEST_TEXT)),
  collapsed: optional(flag),
})

const dashboard = object<Dashboard>('a dashboard', {
  title: needed(line('a title')),
  description: optional(text(LONGEST_TEXT)),
  tags: optional(listOf(line('a tag'), 50, 'tags')),
  time: needed(object('the range of time', { from: needed(time), to: needed(time) })),
  refresh: optional(text(10, 'a time between two looks such as 10s, 5m or 1h', /^[1-9]\d{0,5}[smhd]$/)),
  variables: needed(listOf(variable, 200, 'variables')),
  panels: needed(listOf(panel, MOST_PANELS, 'panels')),
})

/**
 * A dashboard from outside, with nothing in it but what a dashboard has, its members in the order of the type. Queries are
 * not looked into: one that cannot be parsed is shown as an error where it stands, and nobody's work is refused for it.
 * Throws `bad_request` that tells each fault with its place and what should stand there.
 */
export function checkDashboard(given: unknown): Dashboard {
  const faults: Fault[] = []
  const taken = dashboard(given, '', faults)
  if (taken !== undefined && faults.length === 0) faults.push(...contradictions(taken))
  if (taken === undefined || faults.length > 0) throw new GirokError('bad_request', told(faults))
  return taken
}

/** What is right in each part, but not together. */
function contradictions({ variables, panels }: Dashboard): Fault[] {
  const faults: Fault[] = []
  const known = new Map<string, number>()
  for (const [index, { name }] of variables.entries()) {
    const earlier = known.get(name)
    if (earlier !== undefined) {
      faults.push({ where: `variables[${index}].name`, what: `is the name of variables[${earlier}] already` })
    }
    known.set(name, index)
  }
  const ids = new Map<number, number>()
  for (const [index, one] of panels.entries()) {
    const where = `panels[${index}]`
    const earlier = ids.get(one.id)
    if (earlier !== undefined) faults.push({ where: `${where}.id`, what: `is the id of panels[${earlier}] already` })
    ids.set(one.id, index)
    if (one.place.x + one.place.w > 24) {
      faults.push({ where: `${where}.place`, what: 'reaches past the 24 columns: x + w must be at most 24' })
    }
    if ((one.kind === 'row' || one.kind === 'text') && one.queries.length > 0) {
      faults.push({ where: `${where}.queries`, what: `must be empty: a panel of the kind ${one.kind} shows no data` })
    }
    if (one.repeat !== undefined && !known.has(one.repeat.variable)) {
      const has = known.size === 0 ? 'it has none' : `it has ${[...known.keys()].slice(0, 20).join(', ')}`
      faults.push({ where: `${where}.repeat.variable`, what: `is no variable of this dashboard; ${has}` })
    }
    const refs = new Set<string>()
    for (const [at, { ref }] of one.queries.entries()) {
      if (refs.has(ref))
        faults.push({ where: `${where}.queries[${at}].ref`, what: `${ref} stands twice in this panel` })
      refs.add(ref)
    }
  }
  return faults
}

function told(faults: readonly Fault[]): string {
  const sentences = faults.slice(0, MOST_FAULTS).map(({ where, what }) => (where === '' ? what : `${where} ${what}`))
  const more = faults.length - sentences.length
  return `this is no dashboard: ${sentences.join('; ')}${more > 0 ? `; and ${more} faults more` : ''}`
}
