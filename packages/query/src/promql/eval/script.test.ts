import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { PROM_FUNCTIONS } from '../functions.ts'
import { AGGREGATIONS } from '../operators.ts'
import { CALL_FUNCTIONS } from './functions/index.ts'
import { RANGE_FUNCTIONS } from './range/index.ts'
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

test('scripts use every function, aggregation, operator and modifier', () => {
  const queries = scriptsIn(OWN)
    .flatMap((file) => parseScript(readFileSync(file, 'utf8')))
    .flatMap(({ steps }) => steps.flatMap((step) => (step.kind === 'eval' ? [step.query] : [])))
    .join('\n')
  const called = [...PROM_FUNCTIONS.keys(), ...AGGREGATIONS.keys()].map((name) => new RegExp(`\\b${name}\\b`))
  const words = ['and', 'or', 'unless', 'atan2', 'bool', 'on', 'ignoring', 'group_left', 'group_right', 'offset']
    .concat('fill', 'fill_left', 'fill_right', 'anchored', 'smoothed', 'by', 'without', 'start', 'end')
    .map((word) => new RegExp(`\\b${word}\\b`))
  const signs = ['+', '-', '*', '/', '%', '^', '==', '!=', '>', '<', '>=', '<=', '@'].map((sign) => ` ${sign} `)
  expect([...called, ...words].filter((pattern) => !pattern.test(queries))).toEqual([])
  expect(signs.filter((sign) => !queries.includes(sign))).toEqual([])
})

test('the evaluator knows every function of the table, and no other', () => {
  expect([...RANGE_FUNCTIONS.keys(), ...CALL_FUNCTIONS.keys()].sort()).toEqual([...PROM_FUNCTIONS.keys()])
})

describe.skipIf(CONFORMANCE === undefined)('conformance scripts', () => {
  test.each(CONFORMANCE === undefined ? [] : scriptsIn(join(CONFORMANCE, 'promql')))('%s', (file) => {
    const { evaluations, skipped, failures } = runFile(file)
    console.log(`${file}: ${evaluations - failures.length} of ${evaluations}, ${skipped} skipped`)
    expect(failures.join('\n')).toBe('')
  })
})
