import { describe, expect, it } from 'vitest'
import type { Notification } from '../notification.ts'
import { readNotifications } from '../testdata/notifications.ts'
import { createNotificationTemplates } from './create-templates.ts'

const one = readNotifications().get('one') as Notification
const templates = createNotificationTemplates()
const withLabel = (value: string): Notification => ({ ...one, commonLabels: new Map([['v', value]]) })
const V = '{{ .CommonLabels.v }}'
const render = (source: string, value: string): string => templates.expandHtml(source, withLabel(value))

/** What alerts could bring along to get out of where they stand. */
const PIECES = [
  '<script>',
  '</script>',
  '</title>',
  '</style>',
  '<img src=x onerror=y>',
  '-->',
  '<!--',
  '"',
  "'",
  '`',
  '>',
  '<',
  '&',
  '&quot;',
  '&#34;',
  ' ',
  '\n',
  '\0',
  '=',
  '/',
  '\\',
  '%22',
  'javascript:',
  'data:text/html,',
  'onclick=',
  ';',
  '}',
  ')',
  'expression(',
  'url(',
  '\u2028',
  'é',
  '😀',
  'x',
]

function* values(): Generator<string> {
  yield* PIECES
  let seed = 11
  for (let i = 0; i < 1500; i++) {
    let value = ''
    for (let n = 0; n < 4; n++) {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
      value += PIECES[(seed >> 8) % PIECES.length]
    }
    yield value
  }
}

describe('what alerts bring along in HTML', () => {
  it.each([
    ['text', `<p>${V}</p>`, /^<p>[^<>"']*<\/p>$/],
    ['text of a title', `<title>${V}</title>`, /^<title>[^<>"']*<\/title>$/],
    ['an attribute in double quotes', `<p title="${V}">x</p>`, /^<p title="[^<>"']*">x<\/p>$/],
    ['an attribute in single quotes', `<p title='${V}'>x</p>`, /^<p title='[^<>"']*'>x<\/p>$/],
    ['an attribute without quotes', `<p title=${V}>x</p>`, /^<p title=[^<>"'\t\n\f\r =`]+>x<\/p>$/],
    ['an address', `<a href="${V}">x</a>`, /^<a href="[^<>"'\s]*">x<\/a>$/],
    [
      'the query of an address',
      `<a href="/x?q=${V}">x</a>`,
      /^<a href="\/x\?q=[^<>"'\s&=/:;]*(?:&amp;)?[^<>"'\s=/:]*">x<\/a>$/,
    ],
    ['a style', `<p style="color: ${V}">x</p>`, /^<p style="color: [^<>"':;()]*">x<\/p>$/],
    ['an element of styles', `<style>p { color: ${V} }</style>`, /^<style>p \{ color: [^<>"'{}();]* \}<\/style>$/],
    ['a script', `<script>f(${V})</script>`, /^<script>f\("(?:[^"\\<>\n\u2028]|\\[^\n<>])*"\)<\/script>$/],
    ['a text of a script', `<script>f('${V}')</script>`, /^<script>f\('(?:[^'"\\<>\n\u2028]|\\[^\n<>])*'\)<\/script>$/],
    ['a handler', `<p onclick="f(${V})">x</p>`, /^<p onclick="f\([^<>"']*\)">x<\/p>$/],
    ['a comment', `<!-- ${V} -->x`, /^<!-- {2}-->x$/],
    ['the name of an element', `<${V}>`, /^<[A-Za-z0-9]+>$|^<[^<>"']*>$|^&lt;.*$|^<[^<>]*$/s],
  ])('stays within %s', (_, source, shape) => {
    for (const value of values()) expect(render(source, value), JSON.stringify(value)).toMatch(shape)
  })

  it('names no scheme that runs', () => {
    for (const value of values()) {
      const [, href = ''] = /href="([^"]*)"/.exec(render(`<a href="${V}">x</a>`, value)) ?? []
      expect(href).not.toMatch(/^\s*(?:javascript|data|vbscript)\s*:/i)
    }
    for (const value of [
      'javascript:alert(1)',
      'JaVaScript:x',
      ' javascript:x',
      'java\nscript:x',
      '\u0001javascript:x',
    ]) {
      expect(render(`<a href="${V}">x</a>`, value)).toBe('<a href="#ZgotmplZ">x</a>')
    }
    for (const value of ['https://a/b:c', 'HTTP://a', 'mailto:a@b.c', '/a:b', '?a:b', 'a/b:c', '#a:b']) {
      expect(render(`<a href="${V}">x</a>`, value)).not.toContain('ZgotmplZ')
    }
  })

  it('goes on to the place that the template writes next', () => {
    const source = `<p class="a">${V}</p><a title="${V}" href="/x/${V}?y=${V}">${V}</a>`
    expect(render(source, 'a b&<')).toBe(
      '<p class="a">a b&amp;&lt;</p><a title="a b&amp;&lt;" href="/x/a%20b&amp;%3c?y=a%20b%26%3c">a b&amp;&lt;</a>',
    )
  })
})
