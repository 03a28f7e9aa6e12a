import { beforeEach, expect, test } from 'vitest'
import { GirokError } from '../../model/errors.ts'
import type { RuleGroupView } from '../../model/rules.ts'
import type { DocumentHead, DocumentStore } from '../../store/documents/document-store.ts'
import { createRuleEditor, type RuleEditor } from './rule-editor.ts'
import { openStoredGroups, type StoredGroups } from './stored-groups.ts'

const GROUP = { name: 'up', rules: [{ alert: 'Down', expr: 'up == 0' }] }
const WHERE = { language: 'promql', namespace: 'team' } as const

let heads: Map<string, DocumentHead>
let stored: StoredGroups
let editor: RuleEditor
let changes: number

/** The newest versions, in memory. */
function memoryDocuments(): DocumentStore {
  const check = (id: string, version: number | undefined): void => {
    const found = heads.get(id)?.version
    if (found === undefined && version !== 0) throw new GirokError('not_found', 'none')
    if (version !== undefined && version !== (found ?? 0)) throw new GirokError('conflict', 'other')
  }
  return {
    list: async () => [...heads.values()],
    read: async () => undefined,
    versions: async () => [],
    async write(_tenant, _kind, { id, name, summary }, after) {
      check(id, after)
      const head = { id, name, summary, version: after + 1, createdMs: 1, updatedMs: 2 }
      heads.set(id, head)
      return head
    },
    async remove(_tenant, _kind, id, version) {
      check(id, version)
      heads.delete(id)
    },
  }
}

beforeEach(() => {
  heads = new Map()
  changes = 0
  stored = openStoredGroups(memoryDocuments(), 'default')
  editor = createRuleEditor(stored, {
    groups: () => [{ origin: 'file', language: 'promql', file: '/rules.yaml', name: 'x' } as RuleGroupView],
    storedChanged: async () => {
      changes++
    },
  })
})

test('groups are read as rules, the same list while nothing changes', async () => {
  expect((await stored.read()).groups).toEqual([])
  expect(await editor.put(WHERE, { value: GROUP }, 0)).toMatchObject({ ...WHERE, name: 'up', version: 1, body: GROUP })
  const { groups, faults } = await stored.read()
  expect(groups).toMatchObject([{ name: 'up', file: 'team', origin: 'stored', rules: [{ name: 'Down' }] }])
  expect(faults).toEqual([])
  expect((await stored.read()).groups).toBe(groups)
  await editor.put(WHERE, 'name: up\nrules: []\n', undefined)
  expect((await stored.read()).groups).toMatchObject([{ name: 'up', rules: [] }])
  expect(changes).toBe(2)
})

test('a group that cannot be read any more is told, and the others go on', async () => {
  await editor.put(WHERE, { value: GROUP }, 0)
  await editor.put(WHERE, { value: { ...GROUP, name: 'other' } }, 0)
  for (const [id, head] of heads) {
    if (head.name === 'up') heads.set(id, { ...head, version: 2, summary: head.summary.replace('up == 0', 'up ==') })
  }
  const { groups, faults } = await stored.read()
  expect(groups.map(({ name }) => name)).toEqual(['other'])
  expect(faults).toEqual([
    expect.stringMatching(/^the promql rule group "up" of the namespace "team": rules\[0\]\.expr: could not parse/),
  ])
})

test('versions, names and files are minded; nothing changes then', async () => {
  await expect(editor.put(WHERE, { value: GROUP }, 3)).rejects.toMatchObject({ code: 'not_found' })
  await editor.put(WHERE, { value: GROUP }, 0)
  await expect(editor.put(WHERE, { value: GROUP }, 0)).rejects.toMatchObject({ code: 'conflict' })
  await expect(editor.put({ ...WHERE, name: 'down' }, { value: GROUP }, 1)).rejects.toThrow('the path says "down"')
  await expect(editor.put({ ...WHERE, namespace: '/rules.yaml' }, { value: GROUP }, 0)).rejects.toMatchObject({
    code: 'forbidden',
  })
  for (const namespace of ['a\nb', '', '.', '..']) {
    await expect(editor.put({ ...WHERE, namespace }, { value: GROUP }, 0)).rejects.toThrow('control character')
  }
  await expect(editor.remove({ ...WHERE, name: 'up' }, 2)).rejects.toMatchObject({ code: 'conflict' })
  await expect(editor.remove({ ...WHERE, name: 'none' }, undefined)).rejects.toThrow(
    'there is no promql rule group "none" in the namespace "team"',
  )
  expect(changes).toBe(1)
  // The same names in the other language are another group.
  await expect(editor.removeNamespace('logql', 'team')).rejects.toMatchObject({ code: 'not_found' })
  await editor.removeNamespace('promql', 'team')
  expect(await editor.list()).toEqual([])
})
