import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'vite'
import { describe, expect, it } from 'vitest'
import { locales, messageFiles, rooms } from './index.ts'

const src = fileURLToPath(new URL('..', import.meta.url))
const files = (readdirSync(src, { recursive: true }) as string[]).filter((name) => /\.tsx?$/.test(name))
const shown = new Set(['aria-label', 'aria-description', 'aria-valuetext', 'title', 'placeholder', 'alt', 'label'])

interface Node {
  readonly type: string
  readonly [key: string]: unknown
}

/** Texts of a TSX source that a person would read: text between tags, and string literals in readable attributes. */
function literals(source: string): string[] {
  const found: string[] = []
  const text = (value: string): void => {
    // Brands, codes and signs have no letters to translate, or stand in braces as code.
    if (/\p{L}{2}/u.test(value)) found.push(value.trim())
  }
  const strings = (node: Node | null | undefined): void => {
    if (node === null || node === undefined) return
    if (node.type === 'Literal' && typeof node.value === 'string') text(node.value)
    if (node.type === 'ConditionalExpression')
      for (const part of ['consequent', 'alternate']) strings(node[part] as Node)
    if (node.type === 'LogicalExpression') for (const part of ['left', 'right']) strings(node[part] as Node)
    if (node.type === 'JSXExpressionContainer') strings(node.expression as Node)
  }
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) walk(item)
    else if (typeof value === 'object' && value !== null) {
      const node = value as Node
      if (node.type === 'JSXText') text(node.value as string)
      if (node.type === 'JSXElement' || node.type === 'JSXFragment') {
        for (const child of node.children as Node[]) if (child.type === 'JSXExpressionContainer') strings(child)
      }
      if (node.type === 'JSXAttribute' && shown.has((node.name as { name: string }).name)) strings(node.value as Node)
      for (const child of Object.values(node)) if (typeof child === 'object') walk(child)
    }
  }
  walk(parseSync('x.tsx', source, { lang: 'tsx' }).program)
  return found
}

/** Names and commands: they read the same in every language. */
const untranslated = new Set([
  'UTC',
  'NDJSON',
  'CSV',
  'PNG',
  'NaN',
  'girok token create',
  'girok token create --scope ingest',
  'girok_sample="true"',
])

describe('literal texts', () => {
  it('are found by this test', () => {
    expect(literals('const a = <p title="Hello you" class="no">Some words {t("x")} · {1}</p>')).toEqual(
      ['Hello you', 'Some words'].sort((a, b) => (a < b ? -1 : 1)),
    )
    expect(literals('const a = <p aria-label={b ? "Open it" : t("close")}>{n}</p>')).toEqual(['Open it'])
    expect(literals('const a = <b>한국어</b>')).toEqual(['한국어'])
    expect(literals('const a = <b>{x ? "One thing" : t("y")}</b>')).toEqual(['One thing'])
  })

  it.each(files.filter((name) => name.endsWith('.tsx')))('are not in %s', (name) => {
    const found = literals(readFileSync(join(src, name), 'utf8'))
    expect(found.filter((text) => !untranslated.has(text))).toEqual([])
  })
})

describe('message keys', () => {
  it('are all used', async () => {
    const sources = files
      .filter((name) => !name.startsWith('messages/') && !name.endsWith('.test.ts'))
      .map((name) => readFileSync(join(src, name), 'utf8'))
      .join('\n')
    const keys = (await Promise.all(rooms.map((room) => messageFiles.en[room]()))).flatMap((file) =>
      Object.keys(file.messages),
    )
    const families = [...sources.matchAll(/t\(`([a-z.]+)\$\{/g)].map((match) => match[1] ?? '-')
    const unused = keys.filter(
      (key) => !sources.includes(`'${key}'`) && !families.some((family) => key.startsWith(family)),
    )
    expect(unused).toEqual([])
    expect(locales).toHaveLength(3)
  })
})
