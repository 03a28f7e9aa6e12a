import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openFiles } from './open-files.ts'

test('a file is told with the processes that have it open, and whether they write', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'girok-open-'))
  const log = join(folder, 'app.log')
  const script = join(folder, 'train.cjs')
  writeFileSync(
    script,
    `require('fs').openSync(${JSON.stringify(log)}, 'a'); console.log('open'); setInterval(() => {}, 1e6)`,
  )
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'ignore'] })
  try {
    await new Promise((open) => child.stdout.once('data', open))
    const found = openFiles((path) => path === log)
    expect(found.get(log)).toEqual([{ pid: child.pid, program: 'node train.cjs', writes: true }])
  } finally {
    child.kill()
    rmSync(folder, { recursive: true, force: true })
  }
})

test('where there is no /proc nothing is found', () => {
  expect(openFiles(() => true, '/nowhere').size).toBe(0)
})
