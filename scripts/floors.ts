/**
 * Holds the house in shape: a room imports only rooms on lower floors (type-only imports included), files do not import
 * one another in rings, no file is too long, and nothing is called utils. Run by `npm run lint`.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

/** Rooms of the server by floor; rooms on one floor do not know one another. */
const SERVER_FLOORS: readonly (readonly string[])[] = [
  ['model'],
  ['telemetry'],
  ['ingest', 'pipeline', 'store', 'sinks', 'notify', 'anomaly'],
  ['query', 'audit', 'dashboards'],
  ['alerting'],
  ['api'],
  ['app'],
]

/** Rooms of the agent, likewise. */
const AGENT_FLOORS: readonly (readonly string[])[] = [
  ['model'],
  ['tail', 'scrape', 'spool', 'encode', 'journal', 'host', 'database', 's3'],
  ['inputs', 'ship', 'promtail', 'housekeeping'],
  ['config'],
  ['app'],
  ['commands'],
]

const FLOORS: Readonly<Record<string, readonly (readonly string[])[]>> = { server: SERVER_FLOORS, agent: AGENT_FLOORS }

/** Which packages a package may import by name. The browser and the agent must never need the storage engine. */
const PACKAGE_IMPORTS: Readonly<Record<string, readonly string[]>> = {
  sdk: [],
  query: [],
  server: [
    '@girok/query',
    '@girok/query/process',
    '@girok/query/promql',
    '@girok/query/settings',
    '@girok/sdk',
    '@girok/sdk/formatters',
    '@girok/sdk/domains',
    '@girok/sdk/handlers',
    '@girok/examples',
  ],
  // The agent is a program for hosts that have nothing else: it never needs the server.
  agent: ['@girok/query', '@girok/query/process', '@girok/query/settings', '@girok/sdk', '@girok/sdk/formatters'],
  examples: ['@girok/sdk', '@girok/sdk/formatters', '@girok/sdk/config', '@girok/sdk/domains', '@girok/sdk/middleware'],
  cli: [
    '@girok/agent',
    '@girok/agent/scrape',
    '@girok/server',
    '@girok/server/config',
    '@girok/server/contract',
    '@girok/server/alertmanager',
    '@girok/server/rules',
    '@girok/sdk',
    '@girok/sdk/handlers',
    '@girok/query',
    '@girok/query/promql',
  ],
  web: ['@girok/query', '@girok/query/promql', '@girok/server/contract'],
}

const MAX_LINES = 400
const FORBIDDEN_NAME = /(^|[/.-])(utils?|helpers?|common|misc|managers?)([/.-]|$)/i

export interface SourceFile {
  /** From the root of the repository, with `/`. */
  readonly path: string
  readonly text: string
}

/** All breaches, as sentences that begin with the file. */
export function breaches(files: readonly SourceFile[]): string[] {
  const found: string[] = []
  const graph = new Map<string, string[]>()
  for (const file of files) {
    if (FORBIDDEN_NAME.test(file.path.replace(/^packages\//, ''))) {
      found.push(
        `${file.path}: name a file after the one idea in it, not ${JSON.stringify(file.path.split('/').pop())}`,
      )
    }
    const lines = file.text.split('\n').length - 1
    if (lines > MAX_LINES) found.push(`${file.path}: ${lines} lines, at most ${MAX_LINES}: split it by idea`)
    const targets: string[] = []
    for (const specifier of importsOf(file.text)) {
      const target = specifier.startsWith('.') ? join(dirname(file.path), specifier).replaceAll('\\', '/') : specifier
      const breach = specifier.startsWith('.') ? roomBreach(file.path, target) : packageBreach(file.path, specifier)
      if (breach) found.push(`${file.path}: ${breach}`)
      if (specifier.startsWith('.')) targets.push(target)
    }
    // Tests may go where they like inside their floor; they cannot make a ring, because nobody imports them.
    graph.set(file.path, targets)
  }
  for (const ring of rings(graph)) found.push(`${ring[0]}: files import one another in a ring: ${ring.join(' → ')}`)
  return found
}

/** Specifiers of `import … from`, `export … from`, `import()` and side-effect imports. */
export function importsOf(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
  const found: string[] = []
  const pattern = /(?:\bfrom\s*|\bimport\s*\(\s*|^\s*import\s*)(['"])([^'"\n]+)\1/gm
  for (const match of code.matchAll(pattern)) found.push(match[2] as string)
  return found
}

function floorOf(path: string): { house: string; room: string; floor: number } | undefined {
  const [, house, room] = /^packages\/([^/]+)\/src\/([^/]+)\//.exec(path) ?? []
  const floors = house === undefined ? undefined : FLOORS[house]
  if (house === undefined || room === undefined || floors === undefined) return undefined
  return { house, room, floor: floors.findIndex((rooms) => rooms.includes(room)) }
}

function roomBreach(from: string, to: string): string | undefined {
  const here = floorOf(from)
  if (!here) return undefined
  if (here.floor < 0) return `the room ${here.room} stands on no floor: add it to scripts/floors.ts`
  const there = floorOf(to)
  if (!there) return `imports ${to}, outside the server's rooms`
  if (there.room === here.room) return undefined
  if (there.floor < here.floor) return undefined
  const how = there.floor === here.floor ? 'sideways' : 'upward'
  return `imports ${how}, ${here.room} → ${there.room}: let app join them through types in model`
}

function packageBreach(from: string, specifier: string): string | undefined {
  const name = /^(?:packages\/)?([^/]+)\//.exec(from)?.[1]
  if (name === undefined || !(specifier.startsWith('@girok/') || specifier === 'girok')) return undefined
  // A test may hold one package against another: what the library writes, the query language must read.
  if (/\.test\.tsx?$/.test(from)) return undefined
  const allowed = PACKAGE_IMPORTS[name]
  return allowed?.includes(specifier) ? undefined : `the package ${name} may not import ${specifier}`
}

/** Each ring once, from its alphabetically first file. */
function rings(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = []
  const done = new Set<string>()
  const path: string[] = []
  const visit = (file: string): void => {
    const start = path.indexOf(file)
    if (start >= 0) {
      found.push([...path.slice(start), file])
      return
    }
    if (done.has(file) || !graph.has(file)) return
    path.push(file)
    for (const next of graph.get(file) ?? []) visit(next)
    path.pop()
    done.add(file)
  }
  for (const file of [...graph.keys()].sort()) visit(file)
  return found
}

function sourcesUnder(root: string): SourceFile[] {
  const files: SourceFile[] = []
  for (const folder of ['packages', 'examples']) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      const path = relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/')
      if (!entry.isFile() || !/^(packages\/[^/]+|examples)\/src\/.*\.tsx?$/.test(path)) continue
      if (!path.includes('/node_modules/')) files.push({ path, text: readFileSync(join(root, path), 'utf8') })
    }
  }
  return files
}

if (process.argv[1] && resolve(process.argv[1]) === import.meta.filename) {
  const files = sourcesUnder(resolve(import.meta.dirname, '../..'))
  const found = breaches(files)
  for (const breach of found) console.error(breach)
  console.log(`floors: ${files.length} files, ${found.length} breaches`)
  process.exitCode = found.length > 0 ? 1 : 0
}
