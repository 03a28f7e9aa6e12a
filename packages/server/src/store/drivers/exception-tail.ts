/**
 * A ClickHouse server that fails after it began to answer says so at the end of the body, framed by a tag that it announced
 * in the header X-ClickHouse-Exception-Tag:
 * `\r\n__exception__\r\nTAG\r\nMESSAGE\nLENGTH TAG\r\n__exception__\r\n`, LENGTH being that of MESSAGE and its newline.
 */
const MARK = '__exception__'

/** The server cuts messages at 16 KiB; marks, tag and length come on top. */
const LONGEST_TAIL_BYTES = 20 * 1024

/** Passes a body on but for its last {@link LONGEST_TAIL_BYTES}, which it holds back until it knows what they are. */
export interface ExceptionTail {
  /** Takes the next piece; returns what can be passed on. */
  push(chunk: Buffer): Buffer | undefined
  /** At the end of the body: the rest of the data. Throws an Error with the server's message when there is one. */
  end(): Buffer
}

export function createExceptionTail(tag: string): ExceptionTail {
  let held: Buffer = Buffer.alloc(0)
  return {
    push(chunk) {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
      const ready = held.length - LONGEST_TAIL_BYTES
      if (ready <= 0) return undefined
      const passed = held.subarray(0, ready)
      held = held.subarray(ready)
      return passed
    },
    end() {
      const foot = Buffer.from(` ${tag}\r\n${MARK}\r\n`)
      if (held.length < foot.length || !held.subarray(-foot.length).equals(foot)) return held
      const head = Buffer.from(`\r\n${MARK}\r\n${tag}\r\n`)
      const start = held.lastIndexOf(head)
      const message = start < 0 ? held : held.subarray(start + head.length, held.length - foot.length)
      throw new Error(message.toString().replace(/\n?\d*$/, ''))
    },
  }
}

/** What a server appends; for servers in tests. */
export function exceptionTail(tag: string, message: string): Buffer {
  const length = Buffer.byteLength(message) + 1
  return Buffer.from(`\r\n${MARK}\r\n${tag}\r\n${message}\n${length} ${tag}\r\n${MARK}\r\n`)
}
