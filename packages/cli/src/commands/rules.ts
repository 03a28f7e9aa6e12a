import { resolve } from 'node:path'
import type { RuleLanguage } from '@girok/server/contract'
import { type CommandContext, defineCommand } from '../command.ts'
import { EXIT, UsageError } from '../failure.ts'

export const rules = defineCommand({
  name: 'rules',
  summary: 'Check files of rules, and run their unit tests.',
  words: 'FILE …',
  actions: {
    check: 'whether files of rules are good; faults one a line, with their places',
    test: "run unit tests of rules, in promtool's format",
  },
  flags: {
    language: {
      kind: 'value',
      value: 'LANGUAGE',
      summary: 'check: promql or logql, the language of all expressions (default promql)',
    },
  },
  examples: [
    ['girok rules check rules/*.yaml', 'before the server takes them up'],
    ['girok rules check --language logql from-logs.yaml', 'rules over logs'],
    ['girok rules test tests.yaml', 'the series of a test, the rules over them, what is expected'],
  ],
  async run({ io, flags, words, out }) {
    const [action, ...files] = words
    if (files.length === 0) throw new UsageError(`girok rules ${action} needs files: girok rules ${action} rules.yaml`)
    const language = flags.choice('language', ['promql', 'logql'])
    let isGood = true
    for (const file of files) {
      const path = resolve(io.cwd, file)
      const passed = action === 'check' ? await check(out, file, path, language) : await test(out, file, path)
      isGood &&= passed
    }
    return isGood ? EXIT.ok : EXIT.failure
  },
})

async function check(
  out: CommandContext['out'],
  shown: string,
  path: string,
  language: RuleLanguage,
): Promise<boolean> {
  const { findRuleFiles, readRuleFile } = await import('@girok/server/rules')
  const { files, faults } = findRuleFiles([path], '/')
  const read = files.map(({ text }) => readRuleFile(text, shown, language))
  const problems = [...faults, ...read.flatMap((file) => file.problems)]
  const count = read.flatMap(({ groups }) => groups.flatMap((group) => group.rules)).length
  await out.write(`Checking ${shown}\n`)
  if (problems.length === 0) await out.write(`  SUCCESS: ${count} rule${count === 1 ? '' : 's'} found\n`)
  else await out.write(`  FAILED:\n${indented(problems)}`)
  return problems.length === 0
}

async function test(out: CommandContext['out'], shown: string, path: string): Promise<boolean> {
  const { runRuleTests } = await import('@girok/server/rules')
  const { passed, failures } = runRuleTests(path)
  await out.write(`Unit testing: ${shown}\n`)
  if (failures.length === 0) await out.write(`  SUCCESS: ${passed} test${passed === 1 ? '' : 's'} passed\n`)
  else await out.write(`  FAILED:\n${indented(failures)}`)
  return failures.length === 0
}

function indented(texts: readonly string[]): string {
  return texts.map((text) => `${text.replaceAll(/^/gm, '    ')}\n`).join('')
}
