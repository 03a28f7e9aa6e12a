import { resolve } from 'node:path'
import type { RuleLanguage } from '@girok/server/contract'
import { type CommandContext, defineCommand } from '../command.ts'
import { EXIT, UsageError } from '../failure.ts'
import { backTestFile } from '../rules/back-test.ts'
import { deleteGroups, getGroups, listGroups, pushFiles } from '../rules/stored-groups.ts'

const LANGUAGES = ['promql', 'logql'] as const

export const rules = defineCommand({
  name: 'rules',
  summary: 'Check, test and back-test files of rules; keep rule groups on a server.',
  words: 'FILE … | NAMESPACE [GROUP]',
  actions: {
    check: 'whether files of rules are good; faults one a line, with their places',
    test: "run unit tests of rules, in promtool's format; of rules over logs too",
    backtest: 'what the rules of a file would have done over the data of a server',
    list: 'the rule groups of a server: those of its files, and those that are kept in its store',
    get: 'a namespace of the store, or one group of it, as a file of rules',
    push: 'keep the groups of files in the store: make what is new, replace what differs',
    delete: 'take a namespace of the store away, or one group of it',
  },
  remote: true,
  flags: {
    language: {
      kind: 'value',
      value: 'LANGUAGE',
      summary: 'promql or logql, the language of all expressions (default promql)',
    },
    namespace: {
      kind: 'value',
      value: 'NAME',
      summary: "push: where to keep the groups (default: the file's key namespace, else its name without .yaml)",
    },
    prune: { kind: 'switch', summary: 'push: take groups away that the namespace has and the file has not' },
    rule: { kind: 'list', value: 'NAME', summary: 'backtest: only rules of this name; may be given several times' },
    since: { kind: 'value', value: 'AGE', summary: 'backtest: begin this long ago, or at an ISO time (default 1d)' },
    until: { kind: 'value', value: 'TIME', summary: 'backtest: end at an age or an ISO time (default now)' },
    interval: {
      kind: 'value',
      value: 'DURATION',
      summary: 'backtest: from one evaluation to the next (default: that of the group, or 1m)',
    },
    json: { kind: 'switch', summary: "backtest: print the server's answers, one JSON object a line" },
  },
  examples: [
    ['girok rules check rules/*.yaml', 'before the server takes them up'],
    ['girok rules check --language logql from-logs.yaml', 'rules over logs'],
    ['girok rules test tests.yaml', 'the series and lines of a test, the rules over them, what is expected'],
    ['girok rules backtest rules.yaml --since 7d --rule HighErrorRate', 'when it would have fired'],
    ['girok rules push rules.yaml --namespace shop', 'into the store, in force at once'],
    ['girok rules get shop > shop.yaml', 'and back into a file'],
  ],
  async run(context) {
    const { io, flags, out } = context
    const [action = '', ...words] = context.words
    refuseStray(context, action)
    const language = flags.choice('language', LANGUAGES)
    if (action === 'list') {
      if (words.length > 0) throw new UsageError('girok rules list takes no words')
      return listGroups(context)
    }
    if (action === 'get' || action === 'delete') {
      const [namespace, group, ...more] = words
      if (namespace === undefined || more.length > 0) {
        throw new UsageError(
          `girok rules ${action} takes a namespace, and a group if you like: girok rules ${action} shop`,
        )
      }
      return (action === 'get' ? getGroups : deleteGroups)(context, language, namespace, group)
    }
    if (words.length === 0) throw new UsageError(`girok rules ${action} needs files: girok rules ${action} rules.yaml`)
    if (action === 'push') return pushFiles(context, language, words)
    let isGood = true
    for (const file of words) {
      const path = resolve(io.cwd, file)
      if (action === 'backtest') await backTestFile(context, language, file, path)
      else isGood = (await (action === 'check' ? check : test)(out, file, path, language)) && isGood
    }
    return isGood ? EXIT.ok : EXIT.failure
  },
})

/** Actions that flags go with. */
const FLAGS_OF: Readonly<Record<string, readonly string[]>> = {
  push: ['namespace', 'prune'],
  backtest: ['rule', 'since', 'until', 'interval', 'json'],
}

function refuseStray({ flags }: CommandContext, action: string): void {
  for (const [of, names] of Object.entries(FLAGS_OF)) {
    for (const name of names) {
      const isGiven = flags.text(name) !== undefined || flags.switch(name) !== undefined
      if (isGiven && of !== action) throw new UsageError(`--${name} goes with girok rules ${of}`)
    }
  }
}

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

async function test(out: CommandContext['out'], shown: string, path: string, language: RuleLanguage): Promise<boolean> {
  const { runRuleTests } = await import('@girok/server/rules')
  const { passed, failures } = runRuleTests(path, language)
  await out.write(`Unit testing: ${shown}\n`)
  if (failures.length === 0) await out.write(`  SUCCESS: ${passed} test${passed === 1 ? '' : 's'} passed\n`)
  else await out.write(`  FAILED:\n${indented(failures)}`)
  return failures.length === 0
}

function indented(texts: readonly string[]): string {
  return texts.map((text) => `${text.replaceAll(/^/gm, '    ')}\n`).join('')
}
