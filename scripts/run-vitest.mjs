// Runs Vitest and counts, so that a run ends with one plain line that people and machines can read.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, run } from './prepare.mjs'

/** Many times what a run takes. A run that waits for ever would hide which test it was. */
const LIMIT_MINUTES = 40

/** Resolves with whether everything passed; prints `N passed, N failed[, N skipped]` as the last line. */
export async function runVitest(args) {
  const folder = mkdtempSync(join(tmpdir(), 'girok-test-'))
  const report = join(folder, 'report.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  try {
    const options = { timeout: LIMIT_MINUTES * 60_000, killSignal: 'SIGKILL' }
    const passed = await run(join(root, 'node_modules/.bin/vitest'), ['run', ...reporters, ...args], options).then(
      () => true,
      () => false,
    )
    if (!existsSync(report))
      throw new Error(`the tests did not end within ${LIMIT_MINUTES} minutes, or could not begin`)
    const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
    // A file that could not even be loaded has no tests to count, but it has failed.
    const unloadable = testResults.filter(
      (file) => file.status === 'failed' && file.assertionResults.length === 0,
    ).length
    // Errors outside of tests (a process that ended, say) fail the run without failing any test.
    const failures = Math.max(numFailedTests + unloadable, passed ? 0 : 1)
    const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : ''
    console.log(`\n${numPassedTests} passed, ${failures} failed${skipped}`)
    return { passed, skipped: numPendingTests }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
