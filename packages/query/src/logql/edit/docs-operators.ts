import type { LogQLDoc } from './doc.ts'

type Entry = readonly [string, LogQLDoc]

function operator(name: string, signature: string, text: string, example: string): Entry {
  return [name, { kind: 'operator', signature, text, example }]
}

function keyword(name: string, signature: string, text: string, example: string): Entry {
  return [name, { kind: 'keyword', signature, text, example }]
}

const BOTH = 'rate({app="api"}[5m])'

function arithmetic(name: string, text: string): Entry {
  return operator(name, `a ${name} b`, text, `sum(${BOTH}) ${name} 2`)
}

function comparison(name: string, text: string): Entry {
  const signature = `a ${name} [bool] b, label ${name} 5s`
  return operator(
    name,
    signature,
    `${text} Filters series; with bool, answers 0 or 1.`,
    `sum by (app) (${BOTH}) ${name} 10`,
  )
}

export const OPERATOR_DOCS: readonly Entry[] = [
  operator(
    '=',
    'label="value"',
    'The label is this text; an absent label is the empty text.',
    '{app="api", env="prod"}',
  ),
  operator(
    '!=',
    'label!="value", != "text", a != b',
    'The label is another text; the line lacks the text; the numbers differ.',
    '{app="api", env!="dev"} != "healthz"',
  ),
  operator('=~', 'label=~"regex"', 'The whole label matches the expression.', '{app="api", env=~"prod|staging"}'),
  operator(
    '!~',
    'label!~"regex", !~ "regex"',
    'The whole label does not match; nothing in the line matches.',
    '{app="api", env!~"dev.*"} !~ `GET /health`',
  ),
  comparison('==', 'Equal.'),
  comparison('>', 'Greater.'),
  comparison('>=', 'Greater or equal.'),
  comparison('<', 'Less.'),
  comparison('<=', 'Less or equal.'),
  arithmetic('+', 'Sum.'),
  arithmetic('-', 'Difference.'),
  arithmetic('*', 'Product.'),
  arithmetic('/', 'Quotient; division by zero gives NaN.'),
  arithmetic('%', 'Remainder; modulo zero gives NaN.'),
  arithmetic('^', 'Power; binds tightest, from the right.'),
  operator(
    'and',
    'a and b',
    'Series of a that have a partner in b; both conditions hold.',
    `${BOTH} and rate({app="web"}[5m])`,
  ),
  operator(
    'or',
    'a or b',
    'Series of a, and those of b without a partner; either condition or text.',
    `sum(${BOTH}) or vector(0)`,
  ),
  operator('unless', 'a unless b', 'Series of a that have no partner in b.', `${BOTH} unless rate({app="web"}[5m])`),
  operator('|', '| stage', 'Hands the lines to the next stage or label filter.', '{app="api"} | json | status >= 500'),
  keyword('by', 'by (label, …)', 'Groups by these labels.', `sum by (app, env) (${BOTH})`),
  keyword('without', 'without (label, …)', 'Groups by all labels but these.', `sum without (pod) (${BOTH})`),
  keyword('bool', 'a > bool b', 'A comparison answers 0 or 1 instead of filtering.', `${BOTH} > bool 1`),
  keyword('on', 'a / on (label, …) b', 'Pairs series by these labels.', `${BOTH} / on (app) sum by (app) (${BOTH})`),
  keyword(
    'ignoring',
    'a / ignoring (label, …) b',
    'Pairs series by all labels but these.',
    `${BOTH} / ignoring (pod) sum without (pod) (${BOTH})`,
  ),
  keyword(
    'group_left',
    'a * on (label) group_left (label, …) b',
    'Many series on the left share one on the right, and take these labels from it.',
    `${BOTH} * on (app) group_left (team) sum by (app, team) (${BOTH})`,
  ),
  keyword(
    'group_right',
    'a * on (label) group_right (label, …) b',
    'Many series on the right share one on the left, and take these labels from it.',
    `sum by (app, team) (${BOTH}) * on (app) group_right (team) ${BOTH}`,
  ),
  keyword(
    'offset',
    '[range] offset duration',
    'Reads the range as it was so long ago.',
    'sum(rate({app="api"}[5m] offset 1d))',
  ),
]
