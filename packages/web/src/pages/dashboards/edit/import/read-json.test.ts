import { describe, expect, it } from 'vitest'
import { isOurs } from './read-json.ts'

describe('the JSON of a dashboard', () => {
  it.each([
    [{ title: 'a', time: {}, variables: [], panels: [] }, true],
    [{ title: 'a', schemaVersion: 39, panels: [] }, false],
    [{ title: 'a', panels: [], templating: { list: [] }, variables: [] }, false],
    [{ dashboard: { panels: [] } }, false],
    [null, false],
    ['text', false],
  ])('%j is ours: %s', (given, ours) => {
    expect(isOurs(given)).toBe(ours)
  })
})
