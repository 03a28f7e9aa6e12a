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

  test('what parses but cannot be built is refused when it is run', async () => {
    const queries = JSON.parse(readFileSync(join(FOLDER, 'logql_queries.json'), 'utf8')) as {
      q: string
      phase?: string
    }[]
    const refused = queries.filter(({ phase }) => phase === 'compile').map(({ q }) => q)
    expect(refused.length).toBeGreaterThan(0)
    for (const query of [...refused, 'count_over_time({app="a"} |~ `error\\` [1m])']) {
      const response = await server.fetch(`/loki/api/v1/query_range?${new URLSearchParams({ query })}`)
      expect([query, response.status, await response.text()]).toEqual([query, 400, expect.stringMatching(/./)])
    }
  })

  test('the scripts', () => {
    const scripts = readdirSync(join(FOLDER, 'logql')).map((name) => join(FOLDER, 'logql', name))
    let output: string
    try {
      output = execFileSync(
        process.execPath,
        [join(FOLDER, 'logqltest.mjs'), '--verbose', '--url', server.url, ...scripts],
        {
          encoding: 'utf8',
        },
      )
    } catch (error) {
      output = (error as { stdout: string }).stdout
    }
    console.log(output)
    const [, passed, failed] = /(\d+) passed, (\d+) failed/.exec(output) ?? []
    expect(Number(failed)).toBe(0)
    expect(Number(passed)).toBeGreaterThanOrEqual(scripts.length)
  })
})
