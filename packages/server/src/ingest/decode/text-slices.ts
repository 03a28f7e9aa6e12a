/** Shorter bodies are not worth a text of their own. */
const MIN_BYTES = 1024

/**
 * Texts that stand in a body, many of them: the body is read once as Latin-1, and what is ASCII is cut out of that, which
 * costs a fifth of reading each by itself. What is cut out keeps the whole text alive: for what lives no longer than the
 * batch, never for caches.
 */
export class TextSlices {
  readonly #bytes: Buffer
  #latin1: string | undefined

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  slice(start: number, stop: number): string {
    const bytes = this.#bytes
    if (bytes.length < MIN_BYTES) return bytes.toString('utf8', start, stop)
    for (let i = start; i < stop; i++) if (bytes[i]! >= 0x80) return bytes.toString('utf8', start, stop)
    this.#latin1 ??= bytes.toString('latin1')
    return this.#latin1.slice(start, stop)
  }
}
