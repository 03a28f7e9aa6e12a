import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createToken, listTokens, openTokens, revokeToken } from './tokens.ts'

let parent: string
let dir: string
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'girok-tokens-'))
  dir = join(parent, 'data')
})
afterEach(() => rmSync(parent, { recursive: true }))

const file = () => join(dir, 'tokens.json')

describe('a token', () => {
  test('is told once and stored as a hash, readable by the owner alone', () => {
    const { token, info } = createToken(dir, { tenant: 'team-a', scopes: ['query', 'ingest'], name: 'ci' })
    expect(token).toMatch(/^girok_[A-Za-z0-9_-]{43}$/)
    expect(info).toMatchObject({ tenant: 'team-a', scopes: ['ingest', 'query'], name: 'ci' })
    expect(readFileSync(file(), 'utf8')).not.toContain(token)
    expect(statSync(file()).mode & 0o777).toBe(0o600)
    expect(statSync(dir).mode & 0o777).toBe(0o700)
    expect(listTokens(dir)).toEqual([info])
    expect(JSON.stringify(listTokens(dir))).not.toContain('hash')
  })

  test('is good for its tenant and scopes; others are not known', () => {
    const { token } = createToken(dir, { tenant: 'a', scopes: ['query'] })
    const second = createToken(dir, { tenant: 'b', scopes: ['admin', 'ingest'] })
    const book = openTokens(dir)
    expect(book.verify(token)).toEqual({ tenant: 'a', scopes: ['query'] })
    expect(book.verify(second.token)).toEqual({ tenant: 'b', scopes: ['ingest', 'admin'] })
    for (const wrong of ['', `${token}x`, token.slice(0, -1), second.info.id, token.toLowerCase()]) {
      expect(book.verify(wrong)).toBeUndefined()
    }
  })

  test.each([
    [{ tenant: '../x', scopes: ['query'] }, /tenant id/],
    [{ tenant: 'a', scopes: ['root'] }, /unknown scope "root": use ingest, query, admin/],
    [{ tenant: 'a', scopes: [] }, /unknown scope ""/],
  ])('%j is refused', (options, message) => {
    expect(() => createToken(dir, options)).toThrow(message)
    expect(listTokens(dir)).toEqual([])
  })
})

describe('a running server', () => {
  test('knows new tokens and forgets revoked ones at once', () => {
    const book = openTokens(dir)
    expect(book.required()).toBe(false)
    const first = createToken(dir, { tenant: 'a', scopes: ['query'] })
    expect(book.required()).toBe(true)
    const second = createToken(dir, { tenant: 'a', scopes: ['query'] })
    expect(book.verify(second.token)).toBeDefined()
    expect(revokeToken(dir, first.info.id)).toBe(true)
    expect(revokeToken(dir, first.info.id)).toBe(false)
    expect(book.verify(first.token)).toBeUndefined()
    expect(book.verify(second.token)).toBeDefined()
  })

  test('stays guarded when the last token goes, also with the file', () => {
    const { info } = createToken(dir, { tenant: 'a', scopes: ['query'] })
    const book = openTokens(dir)
    revokeToken(dir, info.id)
    expect(book.required()).toBe(true)
    rmSync(file())
    expect(book.required()).toBe(true)
    expect(openTokens(dir).required()).toBe(false)
  })

  test.each([
    '',
    '{}',
    '{"tokens":[{}]}',
    '{"tokens":[{"id":"a","name":"","tenant":"t","scopes":["query"],"createdAt":"","hash":"00"}]}',
  ])('a damaged file (%s) is an error, not an open door', (text) => {
    createToken(dir, { tenant: 'a', scopes: ['query'] })
    const book = openTokens(dir)
    writeFileSync(file(), text)
    expect(() => book.verify('x')).toThrow(/tokens\.json is damaged/)
    expect(() => openTokens(dir)).toThrow(/damaged/)
  })
})

test('a lock that a killed command left is taken over', () => {
  createToken(dir, { tenant: 'a', scopes: ['query'] })
  writeFileSync(`${file()}.lock`, '')
  createToken(dir, { tenant: 'b', scopes: ['query'] })
  expect(listTokens(dir).map((token) => token.tenant)).toEqual(['a', 'b'])
})
