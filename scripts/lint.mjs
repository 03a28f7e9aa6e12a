// npm run lint: types, style, floors. `--fix` lets Biome mend what it can.
import { join } from 'node:path'
import { ensureInstalled, failed, root, run } from './prepare.mjs'

const bin = (name) => join(root, 'node_modules/.bin', name)
const fix = process.argv.includes('--fix') ? ['--write'] : []

await ensureInstalled()
  .then(() => run(bin('tsc'), ['-b']))
  // Tests are outside the build, not outside the language.
  .then(() => run(bin('tsc'), ['-p', join(root, 'tsconfig.tests.json')]))
  .then(() => run(bin('biome'), ['check', '--error-on-warnings', ...fix]))
  .then(() => run(process.execPath, [join(root, 'scripts/dist/floors.js')]))
  .catch(failed)
