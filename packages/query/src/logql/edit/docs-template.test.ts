import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { BUILTINS, StringMap, TemplateExecError, TemplateSyntaxError } from '../../template/index.ts'
import { parseAndCheckLogQL } from '../check/check.ts'
import { LOG_FUNCTIONS, parseLogTemplate } from '../template.ts'
import { TEMPLATE_DOCS, TEMPLATE_TOPICS, type TemplateDoc } from './docs-template.ts'

const PAGE = readFileSync(new URL('../../../../../docs/templates.md', import.meta.url), 'utf8')
const LABELS = new StringMap({
  app: 'api',
  level: 'error',
  status: '500',
  took: '1m30s',
  payload: '{"user":{"name":"kim"},"items":[1,"two",null]}',
})
const LINE = { line: 'the line', timeNs: 1_700_000_000_123_456_789n }

function render(template: string): string {
  return parseLogTemplate(template, 'line').execute(LABELS, LINE)
}

describe('TEMPLATE_DOCS', () => {
  test.each([...TEMPLATE_DOCS])('%s does what its example shows', (name, { example, template, result, signature }) => {
    expect(render(template)).toBe(result)
    parseAndCheckLogQL(example)
    expect(template).toContain(name)
    expect(signature).toContain(name)
  })

  test('covers every function', () => {
    const names = [...BUILTINS.keys(), ...LOG_FUNCTIONS.flatMap((table) => [...table.keys()])]
    expect([...TEMPLATE_DOCS.keys()].sort()).toEqual([...new Set(names)].sort())
  })
})

const code = (text: string) => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``)
const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', '⏎')
const row = ({ signature, text, template, result }: TemplateDoc) =>
  `| \`${signature}\` | ${cell(text)} | ${code(cell(template))} | ${result === '' ? '' : code(cell(result))} |`

function examples(kind: string): [string, string][] {
  return [...PAGE.matchAll(new RegExp(`^\`\`\`${kind}\n(.*?)^\`\`\``, 'gms'))].flatMap(([, block]) =>
    (block as string)
      .trimEnd()
      .split('\n')
      .map((line): [string, string] => {
        const arrow = line.indexOf(' → ')
        return [line.slice(0, arrow), line.slice(arrow + 3)]
      }),
  )
}

describe('docs/templates.md', () => {
  test.each(examples('template'))('%s', (template, text) => {
    expect(render(template).trimEnd()).toBe(text.trimEnd())
  })

  test.each(examples('template-refused'))('%s', (template, message) => {
    expect(() => render(template)).toThrow(
      new TemplateSyntaxError('line', 1, message.replace('template: line:1: ', '')),
    )
  })

  test.each(examples('template-fails'))('%s', (template, message) => {
    expect(() => render(template)).toThrow(new TemplateExecError(message))
  })

  test.each([...PAGE.matchAll(/^```logql\n(.*?)^```/gms)].flatMap(([, block]) => (block as string).trim().split('\n')))(
    '%s',
    (query) => {
      parseAndCheckLogQL(query)
    },
  )

  test('lists every function', () => {
    const table = TEMPLATE_TOPICS.map(([topic, entries]) =>
      [`### ${topic}`, '', '| Call | What it gives | Example | Result |', '|---|---|---|---|']
        .concat(entries.map(([, doc]) => row(doc)))
        .join('\n'),
    ).join('\n\n')
    expect(PAGE.slice(PAGE.indexOf('### Text\n')).trimEnd()).toBe(table)
  })
})
