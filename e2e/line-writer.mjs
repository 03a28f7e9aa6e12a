// Appends numbered lines to files, each file opened anew for every batch as a program does that reopens after a rotation:
//   node line-writer.mjs LINES_PER_SECOND SECONDS FILE...
// Prints how many lines each file was given.
import { appendFileSync } from 'node:fs'
import { basename } from 'node:path'

const [, , rateText, secondsText, ...files] = process.argv
const perFile = Number(rateText) / files.length
const seconds = Number(secondsText)
const filler = 'the quick brown fox jumps over the lazy dog while nobody looks and everything is written down '
const started = performance.now()
const written = files.map(() => 0)

const timer = setInterval(() => {
  const elapsed = Math.min((performance.now() - started) / 1e3, seconds)
  files.forEach((file, i) => {
    let text = ''
    for (const due = Math.floor(elapsed * perFile); written[i] < due; written[i]++) {
      text += `${basename(file)} ${String(written[i]).padStart(9, '0')} ${filler}\n`
    }
    if (text !== '') appendFileSync(file, text)
  })
  if (elapsed >= seconds) {
    clearInterval(timer)
    console.log(JSON.stringify(written))
  }
}, 10)
