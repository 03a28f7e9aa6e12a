import type { Dashboard, PanelQuery } from '../../../model/dashboard.ts'

/** Values of variables by name. */
export type Filling = Readonly<Record<string, string>>

const TIMES: Filling = { __interval: '15s', __rate_interval: '1m', __range: '15m' }

/** A query with its variables filled in plainly: one value each, none of which needs an escape. */
export function filled(expr: string, filling: Filling): string {
  return expr.replaceAll(/\$(\w+)/g, (reference, name: string) => {
    const value = filling[name] ?? TIMES[name]
    if (value === undefined) throw new Error(`nothing is known of ${reference} in ${expr}`)
    return value
  })
}

/** All queries of a dashboard, with the panel that has each. */
export function* queriesOf(dashboard: Dashboard): Generator<{ readonly panel: string; readonly query: PanelQuery }> {
  for (const { title, queries } of dashboard.panels) for (const query of queries) yield { panel: title, query }
}

/** What variables are at first when every one that can be "All" is; none of the others goes without. */
export function firstValues(dashboard: Dashboard): Filling {
  return Object.fromEntries(
    dashboard.variables.map(({ name, current, allValue }) => {
      const value = current?.[0] ?? allValue
      if (value === undefined) throw new Error(`the variable ${name} of ${dashboard.title} begins with nothing known`)
      return [name, value]
    }),
  )
}
