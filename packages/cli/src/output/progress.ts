import type { Io } from '../io.ts'

/** Shows on a terminal how far long work has come; silent elsewhere. */
export interface Progress {
  add(lines: number, size: number): void
  /** Says something without tearing the line of progress. */
  note(text: string, write: (text: string) => void): void
  end(): void
}

const EVERY_MS = 200

export function createProgress(io: Io): Progress {
  const visible = io.terminal.stderr
  const begin = Date.now()
  let lines = 0
  let size = 0
  let last = 0
  const show = () => {
    const seconds = Math.max((Date.now() - begin) / 1000, 0.001)
    const rate = Math.round(lines / seconds).toLocaleString('en')
    io.stderr.write(`\r\u001b[K${lines.toLocaleString('en')} lines, ${(size / 1e6).toFixed(1)} MB, ${rate} lines/s`)
  }
  return {
    add(moreLines, moreSize) {
      lines += moreLines
      size += moreSize
      if (!visible || Date.now() - last < EVERY_MS) return
      last = Date.now()
      show()
    },
    note(text, write) {
      if (visible && last > 0) io.stderr.write('\r\u001b[K')
      write(text)
    },
    end() {
      if (!visible) return
      show()
      io.stderr.write('\n')
    },
  }
}
