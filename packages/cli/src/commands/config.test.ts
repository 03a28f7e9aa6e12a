import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { girok } from '../testing/girok.ts'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'girok-config-'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

test('print shows what file, environment and flags make together, without secrets; print of print is the same', async () => {
  writeFileSync(join(cwd, 'girok.yaml'), 'server: { port: 1, host: localhost }\nstore: { password: hunter2 }\n')
  const env = { GIROK_SERVER__PORT: '2', GIROK_QUERY__TIMEOUT: '90s' }
  const first = await girok(['config', 'print', '--data', 'd', '--set', 'server.port=3'], { cwd, env })
  expect(first).toMatchObject({ code: 0, stderr: '' })
  expect(first.stdout).toMatch(/^server:\n {2}host: localhost\n {2}port: 3\n/)
  expect(first.stdout).toContain(`dataDir: ${join(cwd, 'd')}\n`)
  expect(first.stdout).toContain('timeout: 1m30s')
  expect(first.stdout).not.toContain('hunter2')
  writeFileSync(join(cwd, 'printed.yaml'), first.stdout)
  expect(await girok(['config', 'print', '--config', 'printed.yaml'], { cwd })).toEqual(first)
})

test('check: good, or every fault on a line of its own', async () => {
  expect(await girok(['config', 'check'], { cwd })).toEqual({
    code: 0,
    stdout: 'the configuration is good\n',
    stderr: '',
  })
  writeFileSync(join(cwd, 'bad.yaml'), 'server:\n  prot: 1\n  port: x\n')
  expect(await girok(['config', 'check', '--config', 'bad.yaml'], { cwd })).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'girok: unknown key server.prot (bad.yaml:2); did you mean server.port?\n' +
      'girok: server.port (bad.yaml:3): "x" is not allowed here; allowed is a whole number from 0 to 65535\n',
  })
})

test('serve with a bad configuration ends before anything starts', async () => {
  expect(await girok(['serve', '--port', 'x', '--no-sample'], { cwd })).toEqual({
    code: 2,
    stdout: '',
    stderr: 'girok: server.port (--port): "x" is not allowed here; allowed is a whole number from 0 to 65535\n',
  })
})
