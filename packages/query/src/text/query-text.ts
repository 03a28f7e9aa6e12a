import { utf8Length } from './position.ts'

/** Longest query that is read, in UTF-8 bytes. */
export const MAX_QUERY_BYTES = 131_072
const LONE_SURROGATE = /[\ud800-\udfff]/u

/** Why a text cannot be a query of any language, and where (UTF-16 offset); undefined when it may be one. */
export function queryTextFault(text: string): { readonly message: string; readonly offset: number } | undefined {
  // A byte takes at most one code unit, so only texts beyond a third of the limit need counting.
  if (text.length * 3 > MAX_QUERY_BYTES && utf8Length(text) > MAX_QUERY_BYTES) {
    return { message: `the query is longer than ${MAX_QUERY_BYTES} bytes`, offset: 0 }
  }
  const surrogate = LONE_SURROGATE.exec(text)
  return surrogate === null ? undefined : { message: 'invalid UTF-8 encoding', offset: surrogate.index }
}
