/** Severities (RFC 5424, 6.2.1) that share a level with another one: they would be told apart no more. */
export const KEPT_SEVERITIES: ReadonlyMap<number, string> = new Map([
  [1, 'alert'],
  [5, 'notice'],
])
