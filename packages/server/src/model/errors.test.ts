import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ERROR_CODES, GirokError } from './errors.ts'

const PAGE = join(import.meta.dirname, '../../../../docs/errors.md')

/** The page is made of the table; `UPDATE_DOCS=1 npm test` writes it anew. */
function page(): string {
  const rows = Object.entries(ERROR_CODES).map(([code, { status, hint }]) => `| \`${code}\` | ${status} | ${hint} |`)
  return `# Errors

Made of \`packages/server/src/model/errors.ts\`; do not edit by hand. Girok's own paths answer
\`{"error": {"code", "message", "hint"}}\`; Loki's paths answer the message as plain text, as Loki does, Prometheus'
paths in its JSON and with its statuses ([prometheus-api.md](prometheus-api.md#answers)). The message says what was wrong and
where; the hint below says what to do in general.

| code | status | what to do |
|---|---|---|
${rows.join('\n')}
`
}

test('docs/errors.md lists every error code', () => {
  if (process.env.UPDATE_DOCS) writeFileSync(PAGE, page())
  expect(readFileSync(PAGE, 'utf8')).toBe(page())
})

test('an error carries its status, its cause and the time to wait', () => {
  const cause = new Error('engine')
  const error = new GirokError('overloaded', 'too much', { cause, retryAfterSeconds: 2 })
  expect(error).toMatchObject({ status: 429, code: 'overloaded', cause, retryAfterSeconds: 2, message: 'too much' })
})
