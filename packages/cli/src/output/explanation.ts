/** What `GET /girok/v1/explain` answers, as far as the command shows it. */
export interface ExplanationJson {
  readonly ast: unknown
  readonly ran: readonly { readonly part: string; readonly where: string }[]
  readonly plan: {
    readonly pushed?: readonly PushedJson[]
    readonly leaves?: readonly { readonly rows?: { readonly pushed: readonly PushedJson[] } }[]
  }
  readonly sql: readonly string[]
  readonly rowsRead?: number
  readonly bytesRead?: number
  readonly results?: number
  readonly tookMs?: number
}

interface PushedJson {
  readonly rule: string
  readonly text: string
  readonly exact: boolean
}

/** An explanation to be read: who does what, the statements, the figures, the tree. */
export function explanationText(told: ExplanationJson): string {
  const pushed = told.plan.pushed ?? (told.plan.leaves ?? []).flatMap((leaf) => leaf.rows?.pushed ?? [])
  const parts = [
    section(
      'What runs where',
      told.ran.map(({ part, where }) => `${where.padEnd(10)} ${oneLine(part)}`),
    ),
    section(
      'What the engine filters by',
      pushed.map(
        ({ rule, text, exact }) => `${(exact ? 'exact' : 'superset').padEnd(10)} ${rule.padEnd(16)} ${oneLine(text)}`,
      ),
    ),
    section(told.sql.length === 1 ? 'Statement' : 'Statements', told.sql),
  ]
  if (told.rowsRead !== undefined) {
    parts.push(
      section('What it took', [
        `${told.rowsRead} lines, ${told.bytesRead ?? 0} bytes read`,
        `${told.results ?? 0} lines or series in ${Math.round(told.tookMs ?? 0)} ms`,
      ]),
    )
  }
  parts.push(section('Syntax tree', treeLines(told.ast, '')))
  return parts.join('\n')
}

function section(title: string, lines: readonly string[]): string {
  return `${title}\n${lines.map((line) => `  ${line}\n`).join('')}`
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ')
}

/** One line per node: its kind and its plain values; what it holds stands below it. */
function treeLines(node: unknown, name: string): string[] {
  if (Array.isArray(node)) return node.flatMap((item) => treeLines(item, name))
  if (node === null || typeof node !== 'object') return [`${name}: ${JSON.stringify(node)}`]
  const entries = Object.entries(node)
  const isPlain = (value: unknown) => value === null || typeof value !== 'object'
  const plain = entries.filter(([key, value]) => key !== 'kind' && isPlain(value))
  const kind = (node as { kind?: unknown }).kind
  const head = [name === '' ? '' : `${name}:`, kind === undefined ? '' : String(kind)].filter((part) => part !== '')
  const values = plain.map(([key, value]) => `${key}=${JSON.stringify(value)}`)
  const below = entries.filter(([, value]) => !isPlain(value)).flatMap(([key, value]) => treeLines(value, key))
  return [[...head, ...values].join(' '), ...below.map((line) => `  ${line}`)]
}
