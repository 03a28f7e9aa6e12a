import { parseLogQL, QueryError } from '@girok/query'
import { signal } from '@preact/signals'
import { draft, rewrites } from '../model/explorer.ts'
import { scan } from '../query/scan.ts'
import { buildText } from './build.ts'
import { isCompleteMatcher } from './build-stage.ts'
import { type BuilderModel, emptyModel, type MatcherRow } from './model.ts'
import { readModel } from './read.ts'

/** The rows on screen. */
export const model = signal<BuilderModel>(emptyModel)

export type Trouble =
  /** The text in the box is no query: its mistake in the words of the parser. */
  | { readonly kind: 'mistake'; readonly message: string }
  /** The query has no lines in it (`1 + 1`), so it has no rows. */
  | { readonly kind: 'noLines' }
  /** The rows cannot be written yet; the text in the box is that of before. */
  | { readonly kind: 'incomplete' | 'order' }

export const trouble = signal<Trouble | undefined>(undefined)

/** Every record has a service name: without a label chosen, all lines are meant. */
const everything: MatcherRow = { name: 'service_name', op: '=~', value: '.+' }

let written = ''

/** Reads the rows from a query text, unless it is what the rows themselves wrote: rows not yet complete would be lost. */
export function readDraft(text: string): void {
  if (text === written) return
  written = text
  const seen = scan(text)
  if (seen.kind === 'empty') {
    model.value = emptyModel
    trouble.value = undefined
    return
  }
  try {
    const read = readModel(parseLogQL(text))
    trouble.value = read === undefined ? { kind: 'noLines' } : undefined
    if (read !== undefined) model.value = read
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    trouble.value = { kind: 'mistake', message: error.message }
  }
}

/** Changes the rows and writes them into the query box. */
export function edit(patch: Partial<BuilderModel>): void {
  const next = { ...model.peek(), ...patch }
  model.value = next
  const built = buildText(next.matchers.some(isCompleteMatcher) ? next : { ...next, matchers: [everything] })
  if ('fault' in built) {
    trouble.value = { kind: built.fault }
    return
  }
  trouble.value = undefined
  if (built.text === draft.peek()) return
  written = built.text
  draft.value = built.text
  rewrites.value += 1
}

/** The list with one item put in the place of another, or taken out. */
export function replaced<T>(list: readonly T[], index: number, item: T | undefined): T[] {
  return list.flatMap((one, at) => (at !== index ? [one] : item === undefined ? [] : [item]))
}
