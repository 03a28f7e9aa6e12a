// Brings a clone to the point where it can run: dependencies installed, packages built. Both only when something changed.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'

/** Runs a program to its end, its output shown; rejects when it fails. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32', ...options })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0) resolve()
      else reject(new Error(`${command} ${args.join(' ')} ended with ${signal ?? code}`))
    })
  })
}

/** Says what takes time, and that it is still going on. */
async function withProgress(what, work) {
  const started = Date.now()
  console.log(`girok: ${what} …`)
  const timer = setInterval(() => console.log(`girok: ${what} … ${Math.round((Date.now() - started) / 1e3)} s`), 10_000)
  try {
    await work()
  } finally {
    clearInterval(timer)
  }
  console.log(`girok: ${what}: done in ${((Date.now() - started) / 1e3).toFixed(1)} s`)
}

/** Folders of the workspaces, from the root. */
const workspaces = () => [
  ...readdirSync(join(root, 'packages'))
    .map((name) => join('packages', name))
    .filter((folder) => existsSync(join(root, folder, 'package.json'))),
  'examples',
]

function hashOf(parts) {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part).update('\0')
  return hash.digest('hex')
}

function installKey() {
  const manifests = ['package.json', 'package-lock.json', ...workspaces().map((folder) => join(folder, 'package.json'))]
  return hashOf(manifests.map((path) => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : '')))
}

/** Names, sizes and times of all sources: cheap, and any edit changes it. */
function buildKey() {
  const parts = []
  const visit = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) visit(path)
      else {
        const { size, mtimeMs } = statSync(path)
        parts.push(`${path} ${size} ${mtimeMs}`)
      }
    }
  }
  for (const folder of workspaces()) {
    visit(join(root, folder, 'src'))
    for (const file of ['index.html', 'vite.config.ts', 'tsconfig.json', 'package.json']) {
      const path = join(root, folder, file)
      if (existsSync(path)) parts.push(`${file} ${statSync(path).mtimeMs}`)
    }
  }
  parts.push(readFileSync(join(root, 'tsconfig.base.json'), 'utf8'))
  return hashOf(parts)
}

const remembered = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '')

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  console.error(`girok: Node ${process.versions.node} is too old: 20.19 or later is needed`)
  process.exit(1)
}

export async function ensureInstalled() {
  checkNode()
  const marker = join(root, 'node_modules', '.girok-installed')
  const key = installKey()
  if (remembered(marker) === key) return
  await withProgress('installing dependencies (the storage engine is a download of about 170 MB, once)', async () => {
    // Not `npm ci`: it refuses a lock file that lacks an optional package of another platform, which registries that
    // mirror a part of npm produce. `install --no-save` takes the locked versions all the same and changes no file.
    await run(npm, ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'])
  })
  writeFileSync(marker, installKey())
}

export async function ensureBuilt() {
  const marker = join(root, 'node_modules', '.girok-built')
  const key = buildKey()
  const outputs = [
    'packages/cli/dist/main.js',
    'packages/server/dist/app/index.js',
    'packages/server/web/index.html',
    'packages/agent/dist/bundle/main.js',
  ]
  if (remembered(marker) === key && outputs.every((path) => existsSync(join(root, path)))) return
  await withProgress('building', build)
  mkdirSync(dirname(marker), { recursive: true })
  writeFileSync(marker, buildKey())
}

/** Compiles all packages, bundles the agent's program, and the web app into the server's files. */
export async function build() {
  const bin = (name) => join(root, 'node_modules', '.bin', name)
  await run(bin('tsc'), ['-b'])
  await bundleAgent(bin('rolldown'))
  await run(bin('vite'), ['build', '--logLevel', 'warn'], { cwd: join(root, 'packages', 'web') })
}

/** As a few files instead of 250 modules the agent takes 9 MB less memory. */
async function bundleAgent(rolldown) {
  const folder = join(root, 'packages', 'agent', 'dist')
  rmSync(join(folder, 'bundle'), { recursive: true, force: true })
  const external = ['pg', 'mysql2', 'mysql2/promise'].flatMap((name) => ['--external', name])
  const options = ['--format', 'esm', '--platform', 'node', '--minify', '--log-level', 'silent', ...external]
  await run(rolldown, [join(folder, 'main.js'), '-d', join(folder, 'bundle'), ...options])
}

export async function prepare() {
  await ensureInstalled()
  await ensureBuilt()
}

/** Ends the program with one sentence when preparing fails: npm and tsc have said the rest. */
export function failed(error) {
  console.error(`girok: ${error.message}`)
  process.exit(1)
}
