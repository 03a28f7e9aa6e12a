// npm test: prepares the clone, then runs every test that needs no system package. Arguments are passed to Vitest.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { failed, prepare, root, run } from './prepare.mjs'

await prepare().catch(failed)
const folder = mkdtempSync(join(tmpdir(), 'girok-test-'))
const report = join(folder, 'report.json')
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
let error
await run(join(root, 'node_modules/.bin/vitest'), ['run', ...reporters, ...process.argv.slice(2)]).catch((e) => {
  error = e
})
try {
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
  // A file that could not even be loaded has no tests to count, but it has failed.
  const unloadable = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length
  const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : ''
  console.log(`\n${numPassedTests} passed, ${numFailedTests + unloadable} failed${skipped}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exit(error ? 1 : 0)
