import { expect, test } from 'vitest'
import { readRuleFile } from '../../alerting/rules/rule-file.ts'
import { sampleRules } from './rules.ts'

test('rules of the samples are good, read samples alone, and say what is wrong', () => {
  const files = sampleRules.flatMap(({ language, texts = [] }) =>
    texts.map(({ path, text }) => readRuleFile(text, path, language)),
  )
  expect(files.flatMap(({ problems }) => problems)).toEqual([])
  const rules = files.flatMap(({ groups }) => groups.flatMap((group) => group.rules))
  expect(rules.map(({ name }) => name)).toEqual([
    'HighResponseTime',
    'HighErrorRate',
    'GPUHot',
    'SlowInference',
    'ErrorsInLogs',
  ])
  for (const rule of rules) {
    expect(rule.query.text).toContain('girok_sample="true"')
    expect(rule.kind === 'alerting' && rule.annotations.get('summary')).toBeTruthy()
  }
})
