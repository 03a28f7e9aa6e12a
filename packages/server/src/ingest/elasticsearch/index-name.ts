import { GirokError } from '../../model/errors.ts'

/** Elasticsearch's own limit. */
const MAX_BYTES = 255
/** `-2026.11.21`, `_2026-11`, `-20261121`, `-2026.w47`, `-2026.11.21.13`, and the number of a rollover, `-000001`. */
const DATED = /^(.+?)(?:[-_.](?:19|20)\d\d(?:[-_.]?(?:w?\d\d)){1,3})?(?:-\d{6})?$/
/** A hidden index behind a data stream: `.ds-logs-app-default-2026.11.21-000001`. */
const BACKING = /^\.ds-(?=.)/

/** The name of an index without the date and rollover number that Elasticsearch's conventions put at its end. */
export function undatedIndex(index: string): string {
  const name = index.replace(BACKING, '')
  return DATED.exec(name)?.[1] ?? name
}

/** Throws `bad_request` for a name that no index could have. */
export function checkIndex(index: string): string {
  if (index === '' || index.length > MAX_BYTES || Buffer.byteLength(index) > MAX_BYTES) {
    throw new GirokError('bad_request', `_index must be a name of 1 to ${MAX_BYTES} bytes`)
  }
  return index
}
