import { beforeEach, expect, test, vi } from 'vitest'
import type { DocumentHead, DocumentStore } from '../../store/documents/document-store.ts'
import { memoryDocuments } from '../../store/testing/memory-documents.ts'
import { createRuleEditor, type RuleEditor } from './rule-editor.ts'
import { openStoredGroups, type StoredGroups } from './stored-groups.ts'

const GROUP = { name: 'up', rules: [{ alert: 'Down', expr: 'up == 0' }] }
const WHERE = { language: 'promql', namespace: 'team' } as const

let documents: DocumentStore
let stored: StoredGroups
let editor: RuleEditor
let changes: number

beforeEach(() => {
  documents = memoryDocuments()
  changes = 0
  stored = openStoredGroups(documents, 'default')
  editor = createRuleEditor(stored, {
    files: () => new Set(['/rules.yaml']),
    storedChanged: async () => {
      changes++
    },
  })
})

async function headOf(name: string): Promise<DocumentHead> {
  const found = (await documents.list('default', 'rule-group')).find((one) => one.name === name)
  if (found === undefined) throw new Error(`no ${name}`)
  return found
}

test('groups are read as rules, the same list while nothing changes', async () => {
  expect(stored.known().groups).toEqual([])
  expect(await editor.put(WHERE, { value: GROUP }, 0)).toMatchObject({ ...WHERE, name: 'up', version: 1, body: GROUP })
  const { groups, faults } = stored.known()
  expect(groups).toMatchObject([{ name: 'up', file: 'team', origin: 'stored', rules: [{ name: 'Down' }] }])
  expect(faults).toEqual([])
  await stored.refresh()
  expect(stored.known().groups).toBe(groups)
  await editor.put(WHERE, 'name: up\nrules: []\n', undefined)
  expect(stored.known().groups).toMatchObject([{ name: 'up', rules: [] }])
  expect(changes).toBe(2)
})

test('a group stays the same object as long as its version is the same', async () => {
  for (const name of ['a', 'b', 'c']) await editor.put(WHERE, { value: { ...GROUP, name } }, 0)
  const before = stored.known().groups
  await editor.put(WHERE, { value: { name: 'b', rules: [] } }, 1)
  const after = stored.known().groups
  expect(after.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
  expect(after.map((group, place) => group === before[place])).toEqual([true, false, true])
})

test('what another process changes is seen when the store is asked, and nothing else is read again', async () => {
  const other = openStoredGroups(documents, 'default')
  for (const name of ['a', 'b', 'c']) await editor.put(WHERE, { value: { ...GROUP, name } }, 0)
  await other.refresh()
  const before = other.known().groups
  await editor.put(WHERE, { value: { name: 'b', rules: [] } }, 1)
  await editor.remove({ ...WHERE, name: 'c' }, 1)
  expect(other.known().groups).toBe(before)
  const asked = vi.spyOn(documents, 'list')
  expect((await other.list()).map(({ name, version }) => [name, version])).toEqual([
    ['a', 1],
    ['b', 2],
  ])
  expect(asked.mock.calls.map(([, , ids]) => ids?.length)).toEqual([1])
  expect(other.known().groups[0]).toBe(before[0])
  expect(other.known().groups[1]?.rules).toEqual([])
})

test('a reading of the store that was under way takes back nothing that is written in the meantime', async () => {
  await editor.put(WHERE, { value: GROUP }, 0)
  await editor.put(WHERE, { value: { ...GROUP, name: 'going' } }, 0)
  await documents.write('default', 'rule-group', { ...(await headOf('up')), body: '' }, 1)
  const versions = await documents.newestVersions('default', 'rule-group')
  let answer: (() => void) | undefined
  vi.spyOn(documents, 'newestVersions').mockReturnValueOnce(
    new Promise((resolve) => {
      answer = () => resolve(versions)
    }),
  )
  const reading = stored.refresh()
  await editor.put(WHERE, { value: { name: 'up', rules: [] } }, 2)
  await editor.put(WHERE, { value: { ...GROUP, name: 'new' } }, 0)
  await editor.remove({ ...WHERE, name: 'going' }, 1)
  answer?.()
  await reading
  expect(stored.known().groups).toMatchObject([{ name: 'new' }, { name: 'up', rules: [] }])
})

test('of two that change a group at once without a version the later one stays, and with one the later is told', async () => {
  const put = (rules: readonly object[], version: number | undefined) =>
    editor.put(WHERE, { value: { name: 'up', rules } }, version)
  const first = await Promise.all([put([], undefined), put(GROUP.rules, undefined), put([], undefined)])
  expect(first.map(({ version }) => version)).toEqual([1, 2, 3])
  expect(stored.known().groups).toMatchObject([{ name: 'up', rules: [] }])
  const [one, two] = await Promise.allSettled([put(GROUP.rules, 3), put([], 3)])
  expect(one).toMatchObject({ status: 'fulfilled', value: { version: 4 } })
  expect(two).toMatchObject({ status: 'rejected', reason: { code: 'conflict' } })
  expect(stored.known().groups).toMatchObject([{ rules: [{ name: 'Down' }] }])
})

test('a group that cannot be read any more is told, and the others go on', async () => {
  await editor.put(WHERE, { value: GROUP }, 0)
  await editor.put(WHERE, { value: { ...GROUP, name: 'other' } }, 0)
  const { summary, ...head } = await headOf('up')
  const broken = { ...head, summary: summary.replace('up == 0', 'up =='), body: '' }
  await documents.write('default', 'rule-group', broken, 1)
  await stored.refresh()
  const { groups, faults } = stored.known()
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
