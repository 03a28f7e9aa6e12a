import { expect, it } from 'vitest'
import { yamlColours } from './yaml-colours.ts'

it('colours keys, texts, numbers and comments of YAML', () => {
  const text = `route: # the root
  receiver: 'a#b'
  group_wait: 30s
  routes:
    - matchers: [severity="page"]
      continue: true
`
  expect(yamlColours(text).map(({ start, end, kind }) => `${kind} ${text.slice(start, end)}`)).toEqual([
    'label route',
    'comment # the root',
    'label receiver',
    "string 'a#b'",
    'label group_wait',
    'number 30s',
    'label routes',
    'label matchers',
    'string "page"',
    'label continue',
    'keyword true',
  ])
})
