import type { RedisClient } from './client.ts'

/** Keys that this receiver makes itself. */
export const OWN_PREFIX = 'girok:'

const PATTERN = /[*?[\]]/
const SCAN_COUNT = 1000
const BETWEEN_LOOKS_MS = 5_000
/** Looking through many keys costs the server: at most a twentieth of the time goes into it. */
const SHARE = 20

/** Keeps the keys that some names and patterns stand for, by looking for new ones every now and then. */
export class KeyFinder {
  readonly #fixed: readonly string[]
  readonly #patterns: readonly string[]
  readonly #type: 'stream' | 'list'
  #found: string[]
  #lookAt = 0

  constructor(names: readonly string[], type: 'stream' | 'list') {
    this.#fixed = names.filter((name) => !PATTERN.test(name))
    this.#patterns = names.filter((name) => PATTERN.test(name))
    this.#type = type
    this.#found = [...new Set(this.#fixed)]
  }

  /** All keys known now; looks first when it is time. */
  async keys(client: RedisClient): Promise<readonly string[]> {
    if (this.#patterns.length === 0 || performance.now() < this.#lookAt) return this.#found
    const began = performance.now()
    const found = new Set(this.#fixed)
    for (const pattern of this.#patterns) {
      for (const key of await scan(client, pattern, this.#type)) if (!key.startsWith(OWN_PREFIX)) found.add(key)
    }
    this.#found = [...found]
    this.#lookAt = performance.now() + Math.max(BETWEEN_LOOKS_MS, SHARE * (performance.now() - began))
    return this.#found
  }
}

/** All keys of a type that fit a pattern. */
export async function scan(client: RedisClient, pattern: string, type: 'stream' | 'list'): Promise<string[]> {
  const keys: string[] = []
  for (let cursor = '0'; ; ) {
    const [next, some] = (await client.call('SCAN', cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT, 'TYPE', type)) as [
      string,
      string[],
    ]
    keys.push(...some)
    if (next === '0') return keys
    cursor = next
  }
}
