import type { GoFunction } from '../value.ts'

/** Functions by the names under which templates call them. */
export type FunctionTable = ReadonlyMap<string, GoFunction>

/** Several tables as one; of two functions of a name the later one stays. */
export function joinTables(...tables: readonly FunctionTable[]): FunctionTable {
  const joined = new Map<string, GoFunction>()
  for (const table of tables) for (const [name, fn] of table) joined.set(name, fn)
  return joined
}
