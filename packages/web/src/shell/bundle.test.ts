import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

const kib = 1024
const outDir = mkdtempSync(join(tmpdir(), 'girok-web-'))

beforeAll(async () => {
  // Vitest names the environment `test`, for which the compiler would write every element with its file and line.
  vi.stubEnv('NODE_ENV', 'production')
  const root = fileURLToPath(new URL('../..', import.meta.url))
  await build({
    root,
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'error',
    build: { outDir, emptyOutDir: true },
  })
  vi.unstubAllEnvs()
}, 60_000)

afterAll(() => rmSync(outDir, { recursive: true, force: true }))

const asset = (name: string): string => readFileSync(join(outDir, 'assets', name), 'utf8')
const gzipped = (names: Iterable<string>): number =>
  [...names].reduce((sum, name) => sum + gzipSync(asset(name), { level: 9 }).length, 0)

/** Scripts that a browser fetches for these: themselves and all that they import statically. */
function closure(entries: readonly string[]): Set<string> {
  const found = new Set<string>()
  const queue = [...entries]
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (found.has(name)) continue
    found.add(name)
    for (const match of asset(name).matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)) queue.push(match[1] ?? '')
  }
  return found
}

function entryScripts(): string[] {
  const html = readFileSync(join(outDir, 'index.html'), 'utf8')
  return [...html.matchAll(/(?:src|href)="\.\/assets\/([\w.-]+\.js)"/g)].map((match) => match[1] ?? '')
}

/** The greatest file whose name begins so: of the languages, the one that weighs most counts. */
function heaviest(prefix: string): string {
  const names = readdirSync(join(outDir, 'assets')).filter((name) => name.startsWith(prefix) && name.endsWith('.js'))
  return names.sort((a, b) => gzipped([b]) - gzipped([a]))[0] ?? ''
}

describe('the built app', () => {
  it('needs at most 20 KiB of JavaScript before first paint, in the heaviest language', () => {
    const entries = entryScripts()
    expect(entries.length).toBeGreaterThan(0)
    const bytes = gzipped(closure([...entries, heaviest('shell-')]))
    expect(bytes).toBeGreaterThan(5 * kib)
    expect(bytes).toBeLessThanOrEqual(20 * kib)
  })

  it('needs at most 45 KiB on the log page before the editor', () => {
    const pages = readdirSync(join(outDir, 'assets')).filter((name) => /^page-.*\.js$/.test(name))
    const logPage = pages.find(
      (name) => asset(name).includes('data-testid":`rows`') || asset(name).includes('rows-window'),
    )
    expect(logPage).toBeDefined()
    const names = closure([...entryScripts(), heaviest('shell-'), heaviest('logs-'), logPage ?? ''])
    expect(gzipped(names)).toBeLessThanOrEqual(45 * kib)
  })

  it('has nothing that the content security policy forbids in its page', () => {
    const html = readFileSync(join(outDir, 'index.html'), 'utf8')
    expect(html).not.toMatch(/<style|style=|<script(?![^>]*\bsrc=)|\bon\w+=|https?:/)
    // The server writes its base path here; the app itself finds it by the address of its script.
    expect(html).toContain('<base href="/" />')
  })

  it('carries precompressed copies of its scripts and styles', () => {
    const names = readdirSync(join(outDir, 'assets'))
    for (const name of names.filter((one) => /\.(js|css)$/.test(one) && asset(one).length >= 512)) {
      expect(names).toContain(`${name}.br`)
      expect(names).toContain(`${name}.gz`)
    }
  })
})
