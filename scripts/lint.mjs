// npm run lint: types, style, floors. `--fix` lets Biome mend what it can.
import { join } from 'node:path'
import { ensureInstalled, failed, root, run } from './prepare.mjs'

const bin = (name) => join(root, 'node_modules/.bin', name)
const fix = process.argv.includes('--fix') ? ['--write'] : []

await ensureInstalled()
  .then(() => run(bin('tsc'), ['-b']))
  .then(() => run(bin('biome'), ['check', '--error-on-warnings', ...fix]))
  .then(() => run(process.execPath, [join(root, 'scripts/dist/floors.js')]))
  .catch(failed)
