import { sqlString } from '../../store/literal.ts'

/** The level that detection found is a column of its own, and the last metadata entry of a row. */
export const DETECTED_LEVEL = 'detected_level'

/** The row has this metadata entry. */
export function hasMetadata(name: string): string {
  const has = `mapContains(meta, ${sqlString(name)})`
  return name === DETECTED_LEVEL ? `(level != '' OR ${has})` : has
}

/** The value of this metadata entry, the last if there are several; empty when the row has none. */
export function metadataValue(name: string): string {
  const value = `arrayReverse(mapValues(meta))[indexOf(arrayReverse(mapKeys(meta)), ${sqlString(name)})]`
  return name === DETECTED_LEVEL ? `if(level != '', level, ${value})` : value
}
