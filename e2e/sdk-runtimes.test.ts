/** The library as npm would publish it, installed into an empty project, under every runtime that it is made for. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorkshop, type Workshop } from './programs.ts'
import { ROOT, temporaryFolder } from './server.ts'

/** From npm's registry like everything else: their binaries are packages of their own, one for each platform. */
const RUNTIMES = ['bun@1', 'deno@2', 'node@24']

let workshop: Workshop
/** Not in the workshop, above which all packages of this repository can be found. */
let folder: string
let project: string

beforeAll(() => {
  workshop = createWorkshop()
  folder = temporaryFolder()
  project = join(folder, 'project')
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{"name":"empty","private":true,"type":"module"}')
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
    cwd: join(ROOT, 'packages/sdk'),
    stdio: 'pipe',
  })
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? ''
  // Scripts put the binaries into their places.
  const flags = ['--silent', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts=false']
  execFileSync('npm', ['install', ...flags, join(folder, archive), ...RUNTIMES], {
    cwd: project,
    stdio: 'pipe',
  })
  for (const name of readdirSync(join(ROOT, 'e2e/sdk-smoke'))) {
    copyFileSync(join(ROOT, 'e2e/sdk-smoke', name), join(project, name))
  }
}, 600_000)
afterAll(async () => {
  await workshop?.dispose()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

const installed = (name: string) => join(project, 'node_modules/.bin', name)

/** The counts of checks, which must be the same everywhere. */
const counts = new Map<string, number>()

async function smoke(command: string, flags: readonly string[], version: RegExp): Promise<void> {
  const deno = { DENO_DIR: join(folder, 'deno'), DENO_NO_UPDATE_CHECK: '1' }
  const quoted = [command, ...flags, 'smoke.mjs'].map((word) => `'${word}'`).join(' ')
  // Its own exit code counts only after what it printed is known.
  const { stdout, stderr } = await workshop.shell(`cd '${project}' && { ${quoted} || true; }`, deno)
  const failures = stdout.split('\n').filter((line) => line.startsWith('FAIL'))
  const last = stdout.trimEnd().split('\n').at(-1) ?? ''
  expect(failures, `${stdout}\n${stderr}`).toEqual([])
  expect(stdout).toMatch(version)
  expect(last, stderr).toMatch(/^\d+ passed, 0 failed$/)
  counts.set(command, Number.parseInt(last, 10))
}

test('on this Node', () => smoke(process.execPath, [], new RegExp(`^runtime: node ${process.versions.node}$`, 'm')))

test('on Node 24', () => smoke(installed('node'), [], /^runtime: node 24\./m))

test('on Bun', () => smoke(installed('bun'), [], /^runtime: bun 1\./m))

test('on Deno', () => smoke(installed('deno'), ['run', '-A', '--no-lock', '--no-remote'], /^runtime: deno 2\./m))

test('every runtime has made all checks', () => {
  expect(counts.size).toBe(4)
  expect(new Set(counts.values()).size).toBe(1)
  expect([...counts.values()][0]).toBeGreaterThanOrEqual(25)
})

test('the package needs nothing else', () => {
  const { dependencies } = JSON.parse(
    execFileSync('npm', ['ls', '--json', '--all', '@girok/sdk'], { cwd: project, encoding: 'utf8' }),
  ) as { dependencies: Record<string, { dependencies?: unknown }> }
  expect(dependencies['@girok/sdk']).toBeDefined()
  expect(dependencies['@girok/sdk']?.dependencies).toBeUndefined()
})
