// The one place where every library of the comparison writes to: a string of 64 KiB, then one write. What is measured is
// then the library, not the destination that it ships with.
import { openSync, writeSync } from 'node:fs'

const SIZE = 65_536

/** `{write(text), flush()}` into a file, /dev/null by default. */
export function createSink(path = '/dev/null') {
  const file = openSync(path, 'a')
  let buffer = ''
  const flush = () => {
    if (buffer.length > 0) writeSync(file, buffer)
    buffer = ''
  }
  return {
    write(text) {
      buffer += text
      if (buffer.length >= SIZE) flush()
      return true
    },
    flush,
  }
}
