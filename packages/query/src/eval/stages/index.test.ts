import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { STAGES } from './index.ts'

/** Files that are no stage: the contract, what stages share, the table. */
const OTHERS = new Set(['index.ts', 'stage.ts', 'parser-error.ts'])

test('every file of the folder is in the table, and nothing else is', async () => {
  const names = readdirSync(fileURLToPath(new URL('.', import.meta.url)))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !OTHERS.has(file))
    .map((file) => file.slice(0, -'.ts'.length))
  const kindOf = (name: string) => name.replace(/-(\w)/g, (_all, letter: string) => letter.toUpperCase())
  expect(Object.keys(STAGES).sort()).toEqual(names.map(kindOf).sort())
  for (const name of names) {
    const exported = Object.values((await import(/* @vite-ignore */ `./${name}.ts`)) as Record<string, unknown>)
    expect(exported).toContain(STAGES[kindOf(name) as keyof typeof STAGES])
  }
})
