import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { TEST_OPTIONS } from './testing/memory.ts'
import { runScenario } from './testing/run-script.ts'
import { parseScript } from './testing/script.ts'

const OWN = fileURLToPath(new URL('./testdata/', import.meta.url))
const CONFORMANCE = process.env.GIROK_CONFORMANCE

function scriptsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.test'))
    .sort()
    .map((name) => join(folder, name))
}

/** Scripts are run with names dropped at the end; those that say `immediate` as servers do by default. */
function runFile(file: string) {
  const options = { ...TEST_OPTIONS, delayedNameRemoval: !file.includes('immediate') }
  const failures: string[] = []
  let evaluations = 0
  let skipped = 0
  for (const scenario of parseScript(readFileSync(file, 'utf8'))) {
    const result = runScenario(scenario, options)
    evaluations += result.evaluations
    skipped += result.skipped
    for (const { line, query, why } of result.failures) failures.push(`${file}:${line} ${query}\n    ${why}`)
  }
  return { evaluations, skipped, failures }
}

describe('scripts', () => {
  test.each(scriptsIn(OWN))('%s', (file) => {
    const { evaluations, skipped, failures } = runFile(file)
    expect(evaluations).toBeGreaterThan(0)
    expect(skipped).toBe(0)
    expect(failures.join('\n')).toBe('')
  })
})

describe.skipIf(CONFORMANCE === undefined)('conformance scripts', () => {
  test.each(CONFORMANCE === undefined ? [] : scriptsIn(join(CONFORMANCE, 'promql')))('%s', (file) => {
    const { evaluations, skipped, failures } = runFile(file)
    console.log(`${file}: ${evaluations - failures.length} of ${evaluations}, ${skipped} skipped`)
    expect(failures.join('\n')).toBe('')
  })
})
