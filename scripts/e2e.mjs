// npm run e2e: black-box tests of the built programs. They need Debian's chromium, gcc and the right to mount a tmpfs;
// .ci/run installs what is missing. A skipped test is a failed run: here everything must have been tried.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { failed, prepare, root } from './prepare.mjs'
import { runVitest } from './run-vitest.mjs'

await prepare().catch(failed)
const config = ['--config', 'e2e/vitest.config.ts']
const named = process.argv.slice(2)

/** Tests of alerting wait for most of their time: they run beside the others, in each of the two lanes one file at a time. */
const WAITING = /^(alert.*|amtool|founding-alerts|prometheus-alerts|rules-.*)\.test\.ts$/
const waiting = readdirSync(join(root, 'e2e')).filter((file) => WAITING.test(file))
const lanes =
  named.length > 0
    ? [[...config, ...named]]
    : [
        [...config, ...waiting.map((file) => `e2e/${file}`)],
        [...config, ...waiting.flatMap((file) => ['--exclude', file])],
      ]

const results = await Promise.all(lanes.map(runVitest)).catch(failed)
const sum = (of) => results.reduce((total, result) => total + result[of], 0)
if (sum('skipped') > 0) console.error('girok: skipped end-to-end tests count as failed')
if (results.length > 1) {
  const skipped = sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : ''
  console.log(`\n${sum('passedTests')} passed, ${sum('failed')} failed${skipped}`)
}
process.exit(results.every(({ passed }) => passed) && sum('skipped') === 0 ? 0 : 1)
