import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { readNotifications } from '../testdata/notifications.ts'
import { createNotificationTemplates } from './create-templates.ts'
import { readTemplateFiles } from './template-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'girok-templates-'))
afterAll(() => rmSync(folder, { recursive: true }))
mkdirSync(join(folder, 'a'))
mkdirSync(join(folder, 'b.d'))
for (const name of ['a/one.tmpl', 'a/two.tmpl', 'a/.hidden.tmpl', 'a/x[1].tmpl', 'b.d/three.tmpl', 'b.d/three.txt']) {
  writeFileSync(join(folder, name), `{{ define "${name}" }}${name}{{ end }}`)
}
const names = (...patterns: string[]) =>
  readTemplateFiles(patterns.map((pattern) => join(folder, pattern))).map(({ name }) => name)

it.each([
  ['a/one.tmpl', ['one.tmpl']],
  ['a/t*.tmpl', ['two.tmpl']],
  ['a/*.tmpl', ['.hidden.tmpl', 'one.tmpl', 'two.tmpl', 'x[1].tmpl']],
  ['*/t*', ['two.tmpl', 'three.tmpl', 'three.txt']],
  ['[b-z]*/*.tmpl', ['three.tmpl']],
  ['[^b]/???.tmpl', ['one.tmpl', 'two.tmpl']],
  ['a/x\\[1\\].tmpl', ['x[1].tmpl']],
  ['a', []],
  ['nothing/*.tmpl', []],
  ['a/none.tmpl', []],
])('finds what %s names', (pattern, expected) => {
  expect(names(pattern)).toEqual(expected)
})

it('lets a later file say what counts, but not with an empty definition', () => {
  const notification = readNotifications().get('one')
  if (notification === undefined) throw new Error('no notification')
  const file = (name: string, text: string) => ({ name, text: `{{ define "slack.default.text" }}${text}{{ end }}` })
  const render = (...files: { name: string; text: string }[]) =>
    createNotificationTemplates(files).expand('{{ template "slack.default.text" . }}', notification)
  expect(render()).toBe('')
  expect(render(file('a', 'first {{ .Status }}'))).toBe('first firing')
  expect(render(file('a', 'first'), file('b', 'second'))).toBe('second')
  expect(render(file('a', 'first'), file('b', ' \n'))).toBe('first')
})

it('says in which file and line a template is wrong', () => {
  const files = [{ name: 'mine.tmpl', text: 'fine\n{{ define "x" }}\n{{ if }}' }]
  expect(() => createNotificationTemplates(files)).toThrow(/mine\.tmpl:3/)
  const calls = createNotificationTemplates([{ name: 'mine.tmpl', text: '\n{{ define "x" }}{{ .Nope }}{{ end }}' }])
  const notification = readNotifications().get('one')
  if (notification === undefined) throw new Error('no notification')
  expect(() => calls.expand('{{ template "x" . }}', notification)).toThrow(
    /mine\.tmpl:2:\d+: executing "x" at <\.Nope>/,
  )
})

it('ends a template that never would', () => {
  const notification = readNotifications().get('one')
  if (notification === undefined) throw new Error('no notification')
  const templates = createNotificationTemplates([
    { name: 'loop', text: '{{ define "x" }}{{ template "x" . }}{{ end }}' },
  ])
  expect(() => templates.expand('{{ template "x" . }}', notification)).toThrow('depth')
  expect(() => templates.expand('{{ range 1000000000 }}x{{ end }}', notification)).toThrow()
})
