import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { runScenario } from './testing/run-script.ts'
import { parseScript } from './testing/script.ts'

const OWN = fileURLToPath(new URL('./testdata/', import.meta.url))
const CONFORMANCE = process.env.GIROK_CONFORMANCE

function scriptsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.logqltest'))
    .sort()
    .map((name) => join(folder, name))
}

function runFile(file: string) {
  const failures: string[] = []
  let evaluations = 0
  for (const scenario of parseScript(readFileSync(file, 'utf8'))) {
    const result = runScenario(scenario)
    evaluations += result.evaluations
    for (const { line, query, why } of result.failures) failures.push(`${file}:${line} ${query}\n    ${why}`)
  }
  return { evaluations, failures }
}

describe('scripts', () => {
  test.each(scriptsIn(OWN))('%s', (file) => {
    const { evaluations, failures } = runFile(file)
    expect(evaluations).toBeGreaterThan(0)
    expect(failures.join('\n')).toBe('')
  })
})

describe.skipIf(CONFORMANCE === undefined)('conformance scripts', () => {
  test.each(CONFORMANCE === undefined ? [] : scriptsIn(join(CONFORMANCE, 'logql')))('%s', (file) => {
    const { evaluations, failures } = runFile(file)
    console.log(`${file}: ${evaluations - failures.length} of ${evaluations}`)
    expect(failures.join('\n')).toBe('')
  })
})
