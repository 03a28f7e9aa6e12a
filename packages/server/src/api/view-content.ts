import { GirokError } from '../model/errors.ts'
import type { SavedViewContent } from './contract.ts'

const longestName = 120
const longestQuery = 64 * 1024
const longestTime = 64
const mostColumns = 100

const isText = (value: unknown, most: number): value is string => typeof value === 'string' && value.length <= most

function isColumn(value: unknown): boolean {
  const column = value as { readonly name?: unknown; readonly width?: unknown } | null
  return (
    isText(column?.name, 1_024) &&
    column?.name !== '' &&
    typeof column?.width === 'number' &&
    column.width >= 1 &&
    column.width <= 10_000
  )
}

/** What each part of a view must be, in words for whoever sent something else. */
const rules: readonly (readonly [keyof SavedViewContent, (value: unknown) => boolean, string])[] = [
  ['name', (value) => isText(value, longestName) && value.trim() !== '', `a text of 1 to ${longestName} characters`],
  ['query', (value) => isText(value, longestQuery), `a text of at most ${longestQuery} characters`],
  ['from', (value) => isText(value, longestTime) && value !== '', 'a time: now-1h, or RFC 3339'],
  ['to', (value) => isText(value, longestTime) && value !== '', 'a time: now, or RFC 3339'],
  [
    'columns',
    (value) => Array.isArray(value) && value.length <= mostColumns && value.every(isColumn),
    `a list of at most ${mostColumns} columns {"name": "user", "width": 140}`,
  ],
  ['chart', (value) => value === undefined || isText(value, 32), 'the name of a kind of chart, or absent'],
]

/** Whether a value read from the disk is the content of a view. */
export function isViewContent(value: unknown): value is SavedViewContent {
  if (typeof value !== 'object' || value === null) return false
  const object = value as Readonly<Record<string, unknown>>
  return rules.every(([name, holds]) => holds(object[name]))
}

/** The content of a view from a request: nothing else of the body is kept. Throws `bad_request`. */
export function viewContentOf(object: Readonly<Record<string, unknown>>): SavedViewContent {
  for (const [name, holds, wanted] of rules) {
    if (!holds(object[name])) throw new GirokError('bad_request', `${name} must be ${wanted}`)
  }
  const { name, query, from, to, columns, chart } = object as unknown as SavedViewContent
  return {
    name: name.trim(),
    query,
    from,
    to,
    columns: columns.map((column) => ({ name: column.name, width: column.width })),
    ...(chart === undefined ? {} : { chart }),
  }
}
