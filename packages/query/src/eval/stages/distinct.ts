import { keyPart } from '../labels.ts'
import type { StageCompiler } from './stage.ts'

/** Combinations remembered; beyond them the oldest is forgotten, so that an endless tail cannot grow memory. */
const MOST_REMEMBERED = 1_000_000

/** `distinct a, b`: lets the first line of each combination of values pass; a missing label is empty. */
export const compileDistinct: StageCompiler<'distinct'> = ({ names }) => {
  const seen = new Set<string>()
  return (state) => {
    let key = ''
    for (const name of names) key += keyPart('', state.text(name))
    if (seen.has(key)) return false
    if (seen.size >= MOST_REMEMBERED) seen.delete(seen.values().next().value as string)
    seen.add(key)
    return true
  }
}
