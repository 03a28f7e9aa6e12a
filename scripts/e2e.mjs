// npm run e2e: black-box tests of the built programs. They need Debian's chromium, gcc and the right to mount a tmpfs;
// .ci/run installs what is missing. A skipped test is a failed run: here everything must have been tried.
import { availableParallelism } from 'node:os'
import { failed, prepare } from './prepare.mjs'
import { runVitest } from './run-vitest.mjs'

await prepare().catch(failed)
const named = process.argv.slice(2)

/** A file for each core: most tests wait for half of their time, but one more makes those that measure time fail. */
const beside = named.length > 0 ? [] : ['--fileParallelism', `--maxWorkers=${availableParallelism()}`]

const { passed, skipped } = await runVitest(['--config', 'e2e/vitest.config.ts', ...beside, ...named]).catch(failed)
if (skipped > 0) console.error('girok: skipped end-to-end tests count as failed')
process.exit(passed && skipped === 0 ? 0 : 1)
