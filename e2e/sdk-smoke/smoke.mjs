/**
 * What the packed library must do under any runtime: one program, run as it stands by Node, Bun and Deno in a folder where
 * the package is installed. Prints what runs it, a line for each check, and `N passed, M failed` at the end; ends with 1
 * when one failed.
 */
import { rmSync } from 'node:fs'
import { checks, folder } from './check.mjs'
import './core.mjs'
import './files.mjs'
import './destinations.mjs'
import './setup.mjs'

const { Bun, Deno } = globalThis
const runtime = Bun ? `bun ${Bun.version}` : Deno ? `deno ${Deno.version.deno}` : `node ${process.versions.node}`
console.log(`runtime: ${runtime}`)

let passed = 0
let failed = 0
for (const { name, work } of checks) {
  try {
    await work()
    passed++
    console.log(`ok   ${name}`)
  } catch (error) {
    failed++
    console.log(`FAIL ${name}\n${error?.stack ?? error}`)
  }
}
rmSync(folder, { recursive: true, force: true })
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
