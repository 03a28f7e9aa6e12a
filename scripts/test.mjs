// npm test: prepares the clone, then runs every test that needs no system package. Arguments are passed to Vitest.
import { failed, prepare } from './prepare.mjs'
import { runVitest } from './run-vitest.mjs'

await prepare().catch(failed)
const { passed } = await runVitest(process.argv.slice(2)).catch(failed)
process.exit(passed ? 0 : 1)
