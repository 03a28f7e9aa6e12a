// node append-lines.mjs LINES_PER_SECOND SECONDS FILE… — prints how many lines it wrote.
import { appendFileSync } from 'node:fs'
import { line } from './line.mjs'

const [, , rate, seconds, ...files] = process.argv
const started = performance.now()
let written = 0
const timer = setInterval(() => {
  const elapsed = Math.min((performance.now() - started) / 1e3, Number(seconds))
  const texts = new Map()
  for (const due = Math.floor(elapsed * Number(rate)); written < due; written++) {
    const file = files[written % files.length]
    texts.set(file, (texts.get(file) ?? '') + line(written))
  }
  for (const [file, text] of texts) appendFileSync(file, text)
  if (elapsed >= Number(seconds)) {
    clearInterval(timer)
    console.log(written)
  }
}, 10)
