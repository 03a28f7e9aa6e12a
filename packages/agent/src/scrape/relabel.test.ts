import { describe, expect, it } from 'vitest'
import { ConfigProblem } from '../model/problem.ts'
import { compileRelabel } from './relabel.ts'

const LABELS = { __address__: 'db-1.example:9100', job: 'node', env: 'Prod', a: 'same', b: 'same' }

function apply(rules: unknown, labels: Readonly<Record<string, string>> = LABELS) {
  const result = compileRelabel(rules, 'relabel_configs', 'utf8')(new Map(Object.entries(labels)))
  return result === undefined ? undefined : Object.fromEntries(result)
}

/** What changed against the labels that went in; null for labels that went. */
function changes(rules: unknown, labels: Readonly<Record<string, string>> = LABELS) {
  const result = apply(rules, labels)
  if (result === undefined) return 'dropped'
  const all = new Set([...Object.keys(labels), ...Object.keys(result)])
  return Object.fromEntries(
    [...all].filter((name) => labels[name] !== result[name]).map((name) => [name, result[name] ?? null]),
  )
}

describe('relabelling', () => {
  it.each<[string, object, unknown]>([
    ['sets a label', { target_label: 'team', replacement: 'db' }, { team: 'db' }],
    ['replaces by default', { source_labels: ['job'], target_label: 'service' }, { service: 'node' }],
    [
      'takes parts of a value',
      { source_labels: ['__address__'], regex: '([^:]+)(?::\\d+)?', target_label: '__address__', replacement: '$1:80' },
      { __address__: 'db-1.example:80' },
    ],
    [
      'joins sources',
      { source_labels: ['job', 'env', 'none'], separator: '/', target_label: 'x' },
      { x: 'node/Prod/' },
    ],
    ['leaves what does not match', { source_labels: ['job'], regex: 'nod', target_label: 'x' }, {}],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: of a rule
    ['makes names', { source_labels: ['job'], target_label: 'is_${1}', replacement: 'yes' }, { is_node: 'yes' }],
    ['removes a label by an empty value', { source_labels: ['none'], target_label: 'job' }, { job: null }],
    ['removes a label by an empty replacement', { target_label: 'job', replacement: '' }, { job: null }],
    ['keeps', { action: 'keep', source_labels: ['job'], regex: 'node|x' }, {}],
    ['keeps only whole matches', { action: 'keep', source_labels: ['job'], regex: 'nod' }, 'dropped'],
    ['drops', { action: 'Drop', source_labels: ['job', 'env'], regex: 'node;Prod' }, 'dropped'],
    ['keeps equal ones', { action: 'keepequal', source_labels: ['a'], target_label: 'b' }, {}],
    ['keeps not what differs', { action: 'keepequal', source_labels: ['a'], target_label: 'job' }, 'dropped'],
    ['drops equal ones', { action: 'dropequal', source_labels: ['a'], target_label: 'b' }, 'dropped'],
    // The low half of the MD5 sum: echo -n node | md5sum ends in dcf9911f068786dc.
    [
      'hashes',
      { action: 'hashmod', source_labels: ['job'], modulus: 1000, target_label: '__shard' },
      { __shard: String(BigInt('0xdcf9911f068786dc') % 1000n) },
    ],
    ['lowers', { action: 'lowercase', source_labels: ['env'], target_label: 'env' }, { env: 'prod' }],
    ['raises', { action: 'uppercase', source_labels: ['env'], target_label: 'ENV' }, { ENV: 'PROD' }],
    ['maps names', { action: 'labelmap', regex: '(.)', replacement: 'x_$1' }, { x_a: 'same', x_b: 'same' }],
    ['drops labels', { action: 'labeldrop', regex: 'a|b|en' }, { a: null, b: null }],
    ['keeps labels', { action: 'labelkeep', regex: '__.*|job' }, { a: null, b: null, env: null }],
    ['reads numbers as texts', { target_label: 'port', replacement: 8080 }, { port: '8080' }],
    ['writes names of UTF-8', { target_label: 'service.name', replacement: 'x' }, { 'service.name': 'x' }],
  ])('%s', (_, rule, expected) => {
    expect(changes([rule])).toEqual(expected)
  })

  it('runs rules one after the other, and not on what was given', () => {
    const given = new Map(Object.entries(LABELS))
    const relabel = compileRelabel(
      [
        { source_labels: ['job'], target_label: 'x' },
        { source_labels: ['x'], target_label: 'y', replacement: '$1!' },
        { action: 'labeldrop', regex: 'x' },
      ],
      'here',
    )
    expect(relabel(given)?.get('y')).toBe('node!')
    expect(relabel(given)?.has('x')).toBe(false)
    expect(Object.fromEntries(given)).toEqual(LABELS)
  })

  it('takes no rules, and leaves out empty labels', () => {
    for (const none of [undefined, null, []]) expect(apply(none, { a: '1', b: '' })).toEqual({ a: '1' })
  })

  it('writes no names that are none', () => {
    const rule = { source_labels: ['__address__'], target_label: 'x$1', replacement: 'y' }
    const classic = compileRelabel([rule], 'here')(new Map(Object.entries(LABELS)))
    expect(Object.fromEntries(classic ?? [])).toEqual(LABELS)
  })

  it.each<[unknown, string, readonly (string | number)[]]>([
    [{}, 'jobs: expected a list of relabelling rules', []],
    [[7], 'jobs[0]: expected a rule', [0]],
    [[{ target_label: 'x' }, { taget_label: 'x' }], 'jobs[1].taget_label: no such key', [1, 'taget_label']],
    [[{ action: 'remove' }], 'jobs[0].action: "remove" is no action; there are replace, keep', [0, 'action']],
    [[{ source_labels: ['a'] }], 'jobs[0].target_label: is needed by the action replace', [0, 'target_label']],
    [[{ target_label: '1x' }], 'jobs[0].target_label: "1x" is no label name', [0, 'target_label']],
    [[{ action: 'keep', regex: '(' }], 'jobs[0].regex: error parsing regexp: missing closing )', [0, 'regex']],
    [[{ action: 'keep', regex: '(?=a)' }], 'jobs[0].regex: error parsing regexp: invalid or unsupp', [0, 'regex']],
    [[{ action: 'drop', source_labels: 'a' }], 'jobs[0].source_labels: expected a list', [0, 'source_labels']],
    [[{ action: 'hashmod', target_label: 'x' }], 'jobs[0].modulus: expected a whole number', [0, 'modulus']],
    [[{ action: 'hashmod', target_label: 'x', modulus: 0 }], 'jobs[0].modulus: expected', [0, 'modulus']],
    [[{ action: 'lowercase', target_label: 'x', replacement: 'y' }], 'means nothing to the action', [0, 'replacement']],
    [[{ action: 'labeldrop', source_labels: ['a'] }], 'means nothing to the action labeldrop', [0, 'source_labels']],
    [[{ action: 'labelmap', replacement: 'a-$1' }], 'jobs[0].replacement: "a-$1" makes no label', [0, 'replacement']],
    [[{ target_label: { a: 1 } }], 'jobs[0].target_label: expected a text', [0, 'target_label']],
  ])('refuses %j', (rules, message, keys) => {
    const error = (() => {
      try {
        compileRelabel(rules, 'jobs')
      } catch (thrown) {
        return thrown
      }
    })()
    expect(error).toBeInstanceOf(ConfigProblem)
    expect((error as ConfigProblem).message).toContain(message)
    expect((error as ConfigProblem).keys).toEqual(keys)
  })
})
