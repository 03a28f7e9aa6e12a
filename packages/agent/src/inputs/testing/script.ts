import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder of the test that runs; removed when it ends. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'girok-agent-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A program that the test writes as a shell script, also in the place of an earlier one that may be running; its path. */
export function script(text: string, folder = testFolder(), name = 'program'): string {
  const path = join(folder, name)
  writeFileSync(`${path}.new`, `#!/bin/sh\n${text}\n`)
  chmodSync(`${path}.new`, 0o755)
  renameSync(`${path}.new`, path)
  return path
}
