import { expect, it } from 'vitest'
import { fieldName, readsLine, withDefinitions } from './names.ts'

it('defines a name where it first stands, and what its definition is built on', () => {
  const text = fieldName('logfmt', 'text', 'user')
  const sql = withDefinitions(`${text} = 'x' OR ${text} = 'y'`)
  expect(sql.match(/ AS logfmt_text_of_user\)/g)).toHaveLength(1)
  expect(sql.match(/ AS logfmt_scalar_of_user\)/g)).toHaveLength(1)
  expect(sql).toMatch(/OR logfmt_text_of_user = 'y'$/)
})

it('leaves alone what stands in literals', () => {
  const sql = String.raw`position(line, 'json_text_of_a') > 0 AND x = 'it\'s json_text_of_b' AND y = '\\'`
  expect(withDefinitions(sql)).toBe(sql)
})

it('defines nothing twice in one statement', () => {
  const where = withDefinitions(`${fieldName('json', 'text', 'a')} = '1'`)
  const select = withDefinitions(`SELECT ${fieldName('json', 'text', 'a')}, ${fieldName('json', 'text', 'b')}`, where)
  expect(select).toContain('SELECT json_text_of_a, (')
  expect(select).not.toContain('AS json_scalar_of_a)')
})

it('knows what is read off lines', () => {
  expect(readsLine(fieldName('json', 'number', 'a'))).toBe(true)
  expect(readsLine("text_line = 'line'")).toBe(false)
})
