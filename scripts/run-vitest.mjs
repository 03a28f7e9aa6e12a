// Runs Vitest and counts, so that a run ends with one plain line that people and machines can read.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, run } from './prepare.mjs'

/** Many times what a run takes. A run that waits for ever would hide which test it was. */
const LIMIT_MINUTES = 40

/** Files with failed tests that are tried once more in CI; more of them are no accident. */
const MAX_TRIED_AGAIN = 5

/** Resolves with whether everything passed, and counts; prints `N passed, N failed[, N skipped]` as the last line. */
export async function runVitest(args) {
  const folder = mkdtempSync(join(tmpdir(), 'girok-test-'))
  try {
    const config = args.includes('--config') ? args.slice(args.indexOf('--config'), args.indexOf('--config') + 2) : []
    let result = await runOnce(args, join(folder, 'report.json'))
    if (!result.passed && result.failed === 0 && result.unfinished.length > 0) {
      // No test failed, but a process of the run ended before its tests did: the system's doing, or the watchdog's.
      console.log(
        `\nThe process of these files ended before their tests did; once more:\n${result.unfinished.join('\n')}`,
      )
      const again = await runOnce([...config, ...result.unfinished], join(folder, 'again.json'))
      const passedTests = result.passedTests + again.passedTests
      result = { ...again, passedTests, skipped: result.skipped + again.skipped }
    }
    if (process.env.CI === 'true' && result.failed > 0 && result.failedFiles.length <= MAX_TRIED_AGAIN) {
      // On a machine that others load, too: what fails once and passes alone is told by name, to be mended, and stops nothing.
      console.log(`\nFailed; once more:\n${result.failedFiles.join('\n')}`)
      const again = await runOnce([...config, ...result.failedFiles], join(folder, 'failed.json'))
      for (const line of result.failures) console.log(`failed once: ${line}`)
      const passedTests = result.passedTests - result.passedInFailedFiles + again.passedTests
      result = { ...again, passedTests, skipped: result.skipped + again.skipped }
    }
    const { passed, passedTests, skipped } = result
    // Errors outside of tests (a process that ended, say) fail the run without failing any test.
    const failed = Math.max(result.failed, passed ? 0 : 1)
    for (const line of result.failures) console.log(`failed: ${line}`)
    console.log(`\n${passedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
    return { passed, passedTests, failed, skipped }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function runOnce(args, report) {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const options = { timeout: LIMIT_MINUTES * 60_000, killSignal: 'SIGKILL' }
  const passed = await run(join(root, 'node_modules/.bin/vitest'), ['run', ...reporters, ...args], options).then(
    () => true,
    () => false,
  )
  if (!existsSync(report)) {
    throw new Error(`the tests did not end within ${LIMIT_MINUTES} minutes, or could not begin`)
  }
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
  // A file that could not even be loaded has no tests to count, but it has failed.
  const unloadable = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  )
  const failedFiles = testResults.filter(({ status }) => status === 'failed')
  const failures = testResults.flatMap(({ name, message, assertionResults }) => {
    const tests = assertionResults.filter(({ status }) => status === 'failed')
    if (tests.length === 0) return unloadable.some((file) => file.name === name) ? [oneLine(name, message)] : []
    return tests.map(({ fullName, failureMessages }) => oneLine(`${name} > ${fullName}`, failureMessages[0] ?? ''))
  })
  const unfinished = testResults.filter(({ assertionResults }) =>
    assertionResults.some(({ status }) => status === 'pending'),
  )
  return {
    passed,
    passedTests: numPassedTests,
    failed: numFailedTests + unloadable.length,
    skipped: numPendingTests,
    failures,
    failedFiles: failedFiles.map(({ name }) => name),
    passedInFailedFiles: failedFiles
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status }) => status === 'passed').length,
    unfinished: unfinished.map(({ name }) => name),
  }
}

/** What failed and the first words of why: of a long output often only the end is kept. */
function oneLine(test, message) {
  return `${test.replace(`${root}/`, '')}: ${message.replaceAll(/\s+/g, ' ').slice(0, 300)}`
}
