/** The black-box runner and scripts of PromQL, when they lie beside the clone. */
import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT, startServer, type TestServer } from './server.ts'

const FOLDER = process.env.GIROK_CONFORMANCE ?? join(ROOT, '../shared/conformance')
const RUNNER = join(FOLDER, 'promqltest.mjs')

describe.runIf(existsSync(RUNNER))('conformance of PromQL', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer({ args: ['--config', join(ROOT, 'e2e/conformance.yaml')] })
  })
  afterAll(() => server.dispose())

  test('the scripts', async () => {
    const scripts = readdirSync(join(FOLDER, 'promql')).map((name) => join(FOLDER, 'promql', name))
    const addresses = ['--write', `${server.url}/api/v1/write`, '--query', `${server.url}/api/v1`]
    const output = await new Promise<string>((done) => {
      execFile(process.execPath, [RUNNER, '--verbose', ...addresses, ...scripts], (_failed, stdout, stderr) =>
        done(stdout + stderr),
      )
    })
    console.log(output)
    const [, passed, failed] = /(\d+) passed, (\d+) failed/.exec(output) ?? []
    expect(Number(failed)).toBe(0)
    expect(Number(passed)).toBeGreaterThanOrEqual(scripts.length)
  })
})
