/** Files, and what is in them when a program ends. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { createHierarchy } from '@girok/sdk'
import { fileHandler, rotatingFileHandler } from '@girok/sdk/handlers'
import { check, folder, linesOf, runEnding } from './check.mjs'

check('file: lines in order, there after flush', async () => {
  const { root, close } = createHierarchy()
  root.setLevel('INFO').addHandler(fileHandler({ path: join(folder, 'plain.log') }))
  for (let n = 0; n < 1000; n++) root.info('m', { n })
  await close()
  assert.deepEqual(
    linesOf('plain.log').map((line) => JSON.parse(line).n),
    Array.from({ length: 1000 }, (_, n) => n),
  )
})

check('file: rotation by size keeps every line, compressed', async () => {
  const { root, close } = createHierarchy()
  const handler = rotatingFileHandler({ path: join(folder, 'turn.log'), maxBytes: 20_000, backupCount: 50, gzip: true })
  root.setLevel('INFO').addHandler(handler)
  for (let n = 0; n < 2000; n++) root.info('m', { n })
  await close()
  const files = readdirSync(folder).filter((name) => name.startsWith('turn.log'))
  assert.ok(files.length > 5, files.join())
  assert.ok(
    files.some((name) => name.endsWith('.gz')),
    files.join(),
  )
  const numbers = files.flatMap((name) => {
    const bytes = readFileSync(join(folder, name))
    const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().trimEnd()
    return text.split('\n').map((line) => JSON.parse(line).n)
  })
  assert.deepEqual(
    numbers.sort((a, b) => a - b),
    Array.from({ length: 2000 }, (_, n) => n),
  )
})

for (const way of ['return', 'exit', 'throw', 'reject', 'SIGTERM']) {
  check(`file: all 1000 lines are kept at ${way}`, async () => {
    const { code, signal, output } = await runEnding(`${way}.log`, way)
    assert.equal(linesOf(`${way}.log`).length, 1000, output)
    if (way === 'SIGTERM') assert.ok(signal === 'SIGTERM' || code === 143, `ended with ${code} ${signal}`)
    else assert.equal(code === 0, way === 'return' || way === 'exit', `ended with ${code} ${signal}\n${output}`)
  })
}
