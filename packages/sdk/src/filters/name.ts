import type { Filter } from '../filter.ts'

/** Records of the logger `name` and of those below it; Python's `logging.Filter(name)`. */
export function nameFilter(name: string): Filter {
  const below = `${name}.`
  return (record) => name === '' || record.logger === name || record.logger.startsWith(below)
}
