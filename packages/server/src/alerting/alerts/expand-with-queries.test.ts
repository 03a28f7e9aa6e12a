import { expect, test } from 'vitest'
import { withTemplateQueries } from './expand-with-queries.ts'

const SCOPE = { externalLabels: new Map(), externalUrl: '', nowMs: 0 }
const TEMPLATES = new Map([['text', '{{ range query "load" }}{{ .Value }}{{ end }}']])

test('work that cannot be done without answers is done with them', async () => {
  const texts: (string | undefined)[] = []
  const done = withTemplateQueries(
    'promql',
    SCOPE,
    async () => [{ labels: new Map(), value: 6 }],
    (expand) => {
      const text = expand(TEMPLATES, { labels: new Map(), value: 1 }).get('text')
      texts.push(text)
      if (text === '') throw new Error('two alerts seem to be the same')
      return text
    },
  )
  expect(await done).toBe('6')
  expect(texts).toEqual(['', '6'])
})

test('what fails with its answers fails', async () => {
  const done = withTemplateQueries(
    'promql',
    SCOPE,
    async () => [],
    (expand) => {
      expand(TEMPLATES, { labels: new Map(), value: 1 })
      throw new Error('no more than 1')
    },
  )
  await expect(done).rejects.toThrow('no more than 1')
})
