import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openTokens } from '@girok/server'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { girok } from '../testing/girok.ts'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'girok-token-'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

const token = (...argv: string[]) => girok(['token', ...argv, '--data', 'd'], { cwd })

test('create prints the token alone; list shows what is known of it; revoke takes it away', async () => {
  const created = await token('create', '--tenant', 'team', '--scope', 'query,ingest', '--name', 'ci job')
  expect(created.code).toBe(0)
  expect(created.stdout).toMatch(/^girok_\S{43}\n$/)
  const book = openTokens(join(cwd, 'd'))
  expect(book.verify(created.stdout.trim())).toEqual({ tenant: 'team', scopes: ['ingest', 'query'] })
  const id = /token (\w+) for tenant team, ingest, query; it is not shown again/.exec(created.stderr)?.[1] ?? ''

  const listed = await token('list')
  expect(listed.stdout).toMatch(/^ID +TENANT +SCOPES +CREATED +NAME\n/)
  expect(listed.stdout).toMatch(new RegExp(`^${id} +team +ingest,query +\\S+ +ci job$`, 'm'))
  expect(listed.stdout).not.toContain(created.stdout.trim())

  expect(await token('revoke', id)).toEqual({ code: 0, stdout: '', stderr: `token ${id} is revoked\n` })
  expect(book.verify(created.stdout.trim())).toBeUndefined()
  expect(await token('revoke', id)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`there is no token ${id} in`),
  })
})

test('by default for the default tenant and everything', async () => {
  const { stdout } = await token('create')
  expect(openTokens(join(cwd, 'd')).verify(stdout.trim())).toEqual({
    tenant: 'default',
    scopes: ['ingest', 'query', 'admin'],
  })
})

test.each([
  [['create', '--scope', 'root'], 1, 'unknown scope "root": use ingest, query, admin'],
  [['create', '--tenant', 'a/b'], 1, 'tenant id "a/b" is not valid'],
  [['revoke'], 2, 'which one? girok token revoke ID'],
  [['create', 'x'], 2, 'girok token create takes no words'],
])('%j', async (argv, code, message) => {
  const outcome = await token(...argv)
  expect(outcome.code).toBe(code)
  expect(outcome.stderr).toContain(message)
  expect(() => readFileSync(join(cwd, 'd/tokens.json'))).toThrow()
})
