/** Random bytes as hexadecimal digits, two for each. */
export function randomHex(bytes: number): string {
  // crypto.randomUUID is missing on web pages that came without TLS.
  const random = globalThis.crypto.getRandomValues(new Uint8Array(bytes))
  return Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/**
 * Gives every record an id that no other one has, of this process or another: 24 random hexadecimal digits per handler
 * and a count. For destinations that put an id into their entries.
 */
export function createRecordIds(): () => string {
  const origin = randomHex(12)
  let count = 0
  return () => `${origin}-${(count++).toString(36)}`
}
