import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { QueryError } from '../../text/error.ts'
import { parsePromQL } from '../parse/parse.ts'
import type { PromDoc } from './doc.ts'
import { PROMQL_DOCS } from './docs.ts'

const PAGE = join(import.meta.dirname, '../../../../../docs/promql.md')
const TABLES = /(?<=<!-- tables: [^\n]*-->\n)[\s\S]*(?=<!-- end of tables -->)/
const BLOCK = /^```(promql(?:-refused)?)\n([\s\S]*?)^```/gm

const HEADINGS: readonly (readonly [PromDoc['kind'], string])[] = [
  ['function', 'Functions'],
  ['aggregation', 'Aggregation operators'],
  ['operator', 'Binary operators'],
  ['modifier', 'Modifiers'],
]

/** A code span in a table, where a bar would end the cell. */
function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``
}

function table([kind, heading]: readonly [PromDoc['kind'], string]): string {
  const rows = [...PROMQL_DOCS]
    .filter(([, doc]) => doc.kind === kind)
    .map(([, { signature, text, example, experimental }]) => {
      const note = experimental ? ' *Experimental.*' : ''
      return `| ${code(signature)} | ${text.replaceAll('|', '\\|')}${note} | ${code(example)} |`
    })
  return `\n## ${heading}\n\n| signature | what it gives | example |\n|---|---|---|\n${rows.join('\n')}\n`
}

describe('docs/promql.md', () => {
  it('lists every function, aggregation, operator and modifier', () => {
    const page = readFileSync(PAGE, 'utf8')
    const made = page.replace(TABLES, `${HEADINGS.map(table).join('')}\n`)
    if (process.env.UPDATE_DOCS) writeFileSync(PAGE, made)
    expect(process.env.UPDATE_DOCS ? readFileSync(PAGE, 'utf8') : page).toBe(made)
  })

  const blocks = [...readFileSync(PAGE, 'utf8').matchAll(BLOCK)]
  const lines = blocks.flatMap(([, kind, text = '']) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => [kind, line] as const),
  )

  it.each(lines.filter(([kind]) => kind === 'promql'))('shows %s %s, which is read', (_, text) => {
    parsePromQL(text)
  })

  it.each(lines.filter(([kind]) => kind === 'promql-refused'))('shows %s %s, which is refused', (_, text) => {
    expect(() => parsePromQL(text)).toThrow(QueryError)
  })

  it('shows the words of a fault as they are', () => {
    const shown = /^```text\n(.*)\n```/m.exec(readFileSync(PAGE, 'utf8'))?.[1]
    expect(() => parsePromQL('rate(up)')).toThrow(shown)
  })
})
