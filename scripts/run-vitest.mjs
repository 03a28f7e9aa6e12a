// Runs Vitest and counts, so that a run ends with one plain line that people and machines can read.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, run } from './prepare.mjs'

/** Resolves with whether everything passed; prints `N passed, N failed[, N skipped]` as the last line. */
export async function runVitest(args) {
  const folder = mkdtempSync(join(tmpdir(), 'girok-test-'))
  const report = join(folder, 'report.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  try {
    const passed = await run(join(root, 'node_modules/.bin/vitest'), ['run', ...reporters, ...args]).then(
      () => true,
      () => false,
    )
    const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
    // A file that could not even be loaded has no tests to count, but it has failed.
    const unloadable = testResults.filter(
      (file) => file.status === 'failed' && file.assertionResults.length === 0,
    ).length
    const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : ''
    console.log(`\n${numPassedTests} passed, ${numFailedTests + unloadable} failed${skipped}`)
    return { passed, skipped: numPendingTests }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
