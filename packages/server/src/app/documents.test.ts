import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDocuments } from './documents.ts'

interface Note {
  readonly name: string
  readonly text: string
}

const isNote = (value: unknown): value is Note =>
  typeof (value as Note | null)?.name === 'string' && typeof (value as Note | null)?.text === 'string'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'girok-documents-'))
  path = join(folder, 'notes.json')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const openNotes = (limits?: Parameters<typeof openDocuments>[3]) => openDocuments<Note>(path, 'note', isNote, limits)

describe('documents', () => {
  test('are there again when opened anew, by tenant and ordered by name', async () => {
    const notes = openNotes()
    await notes.create('a', { name: '오류', text: '1' })
    const second = await notes.create('a', { name: 'Errors', text: '2' })
    await notes.create('b', { name: 'Errors', text: '3' })
    expect(second).toMatchObject({ version: 1, value: { name: 'Errors', text: '2' } })
    const again = openNotes()
    expect(again.list('a').map(({ value }) => value.name)).toEqual(['Errors', '오류'])
    expect(again.list('b').map(({ value }) => value.text)).toEqual(['3'])
    expect(again.list('c')).toEqual([])
  })

  test('are changed by those alone who saw the newest version', async () => {
    const notes = openNotes()
    const { id } = await notes.create('a', { name: 'n', text: 'old' })
    const changes = await Promise.allSettled([
      notes.replace('a', id, 1, { name: 'n', text: 'mine' }),
      notes.replace('a', id, 1, { name: 'n', text: 'yours' }),
    ])
    expect(changes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(notes.list('a')[0]).toMatchObject({ version: 2, value: { text: 'mine' } })
    await expect(notes.remove('a', id, 1)).rejects.toMatchObject({ code: 'conflict' })
    await notes.remove('a', id, 2)
    await expect(notes.remove('a', id, undefined)).rejects.toMatchObject({ code: 'not_found' })
    expect(openNotes().list('a')).toEqual([])
  })

  test('of another tenant are out of reach', async () => {
    const notes = openNotes()
    const { id } = await notes.create('a', { name: 'n', text: '' })
    await expect(notes.replace('b', id, 1, { name: 'm', text: '' })).rejects.toMatchObject({ code: 'not_found' })
    await expect(notes.remove('b', id, 1)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('have names of their own, whatever the case and the spelling of Unicode', async () => {
    const notes = openNotes()
    await notes.create('a', { name: '가나', text: '' })
    await notes.create('a', { name: 'Errors', text: '' })
    const { id } = await notes.create('a', { name: 'other', text: '' })
    for (const name of ['errors', '가나'.normalize('NFD')]) {
      await expect(notes.create('a', { name, text: '' })).rejects.toMatchObject({ code: 'conflict' })
      await expect(notes.replace('a', id, 1, { name, text: '' })).rejects.toMatchObject({ code: 'conflict' })
    }
    await notes.replace('a', id, 1, { name: 'OTHER', text: '' })
  })

  test('are bounded in number and in bytes', async () => {
    const few = openNotes({ perTenant: 1, totalBytes: 1_000 })
    await few.create('a', { name: 'n', text: '' })
    await expect(few.create('a', { name: 'm', text: '' })).rejects.toMatchObject({ code: 'limit_exceeded' })
    await expect(few.create('b', { name: 'm', text: 'x'.repeat(1_000) })).rejects.toMatchObject({
      code: 'limit_exceeded',
    })
    expect(few.list('b')).toEqual([])
  })

  test('stay as they were when the disk refuses, and later changes go on', async () => {
    const notes = openNotes()
    await notes.create('a', { name: 'kept', text: '' })
    // A folder in the place of the new file: no user may write over it.
    const blocker = `${path}.new`
    mkdirSync(blocker)
    await expect(notes.create('a', { name: 'lost', text: '' })).rejects.toMatchObject({ code: 'internal' })
    expect(notes.list('a').map(({ value }) => value.name)).toEqual(['kept'])
    rmSync(blocker, { recursive: true })
    await notes.create('a', { name: 'next', text: '' })
    expect(
      openNotes()
        .list('a')
        .map(({ value }) => value.name),
    ).toEqual(['kept', 'next'])
  })

  test('survive a hundred changes at once', async () => {
    const notes = openNotes()
    await Promise.all(Array.from({ length: 100 }, (_, i) => notes.create('a', { name: `n${i}`, text: '' })))
    expect(openNotes().list('a')).toHaveLength(100)
    expect(existsSync(`${path}.new`)).toBe(false)
  })

  test.each(['', '{', '[]', '{"tenants":{"a":[{"id":1}]}}', '{"tenants":{"a":3}}'])(
    'in a damaged file %j are not written over',
    async (text) => {
      writeFileSync(path, text)
      const notes = openNotes()
      expect(() => notes.list('a')).toThrow(/notes\.json is damaged/)
      await expect(notes.create('a', { name: 'n', text: '' })).rejects.toMatchObject({ code: 'internal' })
      expect(readFileSync(path, 'utf8')).toBe(text)
    },
  )

  test('are readable by the user of the server alone', async () => {
    await openNotes().create('a', { name: 'n', text: '' })
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })
})
