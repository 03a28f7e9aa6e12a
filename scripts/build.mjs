// npm run build
import { build, ensureInstalled, failed } from './prepare.mjs'

await ensureInstalled().then(build).catch(failed)
