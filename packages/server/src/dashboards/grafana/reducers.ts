/** How Grafana calls what makes one number of many, where we have the same. */
export const REDUCERS: ReadonlyMap<string, 'last' | 'mean' | 'min' | 'max' | 'sum' | 'count'> = new Map([
  ['last', 'last'],
  ['lastNotNull', 'last'],
  ['current', 'last'],
  ['mean', 'mean'],
  ['avg', 'mean'],
  ['min', 'min'],
  ['max', 'max'],
  ['sum', 'sum'],
  ['total', 'sum'],
  ['count', 'count'],
] as const)
