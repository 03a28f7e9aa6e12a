/** The black-box runners and cases of Loki's query language, when they lie beside the clone. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT, startServer, type TestServer } from './server.ts'

const FOLDER = process.env.GIROK_CONFORMANCE ?? join(ROOT, '../shared/conformance')

describe.runIf(existsSync(FOLDER))('conformance', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer({ args: ['--config', join(ROOT, 'e2e/conformance.yaml')] })
  })
  afterAll(() => server.dispose())

  test('every verdict of the query list', async () => {
    const queries = JSON.parse(readFileSync(join(FOLDER, 'logql_queries.json'), 'utf8')) as {
      q: string
      valid: boolean
      phase?: string
    }[]
    const wrong: string[] = []
    for (const { q, valid, phase } of queries) {
      const response = await server.fetch('/loki/api/v1/format_query', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ query: q }).toString(),
      })
      const body = await response.text()
      if (response.ok !== valid)
        wrong.push(`${valid ? 'valid' : `invalid (${phase})`}: ${q}: ${response.status} ${body.slice(0, 120)}`)
    }
    expect(wrong).toEqual([])
  })

  test('the scripts', () => {
    const scripts = readdirSync(join(FOLDER, 'logql')).map((name) => join(FOLDER, 'logql', name))
    let output: string
    try {
      output = execFileSync(process.execPath, [join(FOLDER, 'logqltest.mjs'), '--url', server.url, ...scripts], {
        encoding: 'utf8',
      })
    } catch (error) {
      output = (error as { stdout: string }).stdout
    }
    console.log(output)
    const [, passed] = /(\d+) passed, \d+ failed/.exec(output) ?? []
    // What is left needs Go's whole template language, which is not there yet.
    expect(Number(passed)).toBeGreaterThanOrEqual(500)
  })
})
