import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT, temporaryFolder } from './server.ts'

/** What npm would publish, installed into an empty project. */
let folder: string
const project = () => join(folder, 'project')

beforeAll(() => {
  folder = temporaryFolder()
  mkdirSync(project())
  writeFileSync(join(project(), 'package.json'), '{"name":"empty","private":true,"type":"module"}')
  for (const name of [
    'packages/sdk',
    'packages/query',
    'packages/server',
    'packages/agent',
    'packages/cli',
    'examples',
  ]) {
    execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
      cwd: join(ROOT, name),
      stdio: 'pipe',
    })
  }
  const archives = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
  expect(archives).toHaveLength(6)
  execFileSync(
    'npm',
    ['install', '--silent', '--no-audit', '--no-fund', ...archives.map((name) => join(folder, name))],
    {
      cwd: project(),
      stdio: 'pipe',
    },
  )
}, 300_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const node = (code: string) =>
  execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd: project(), encoding: 'utf8' })

test('the SDK logs', () => {
  const code = "import { getLogger } from '@girok/sdk'; getLogger('a.b').warning('hello', { n: 1 })"
  const stderr = execFileSync('sh', ['-c', `${process.execPath} --input-type=module -e "$CODE" 2>&1`], {
    cwd: project(),
    encoding: 'utf8',
    env: { ...process.env, CODE: code },
  })
  expect(stderr).toContain('hello')
})

test('the query package parses', () => {
  const code = `import { parseLogQL, printExpr } from '@girok/query'; console.log(printExpr(parseLogQL('{a="b"} |= "c"')))`
  expect(node(code).trim()).toBe('{a="b"} |= "c"')
})

test('the command runs, and the server serves the web app and takes a line', () => {
  const girok = join(project(), 'node_modules/.bin/girok')
  expect(execFileSync(girok, ['--help'], { encoding: 'utf8' })).toContain('serve')
  const code = `
    import { createGirok, loadConfig } from '@girok/server'
    const girok = createGirok(loadConfig({ set: ['server.port=0', 'dataDir=${join(folder, 'data')}', 'sample.enabled=false', 'log.level=ERROR'] }))
    const { url } = await girok.start()
    const page = await fetch(url + '/', { headers: { accept: 'text/html' } })
    const sent = await fetch(url + '/ingest?label=app=packed', { method: 'POST', body: '{"message":"hi"}' })
    const found = await fetch(url + '/loki/api/v1/query_range?query=' + encodeURIComponent('{app="packed"}'))
    console.log(page.status, sent.status, (await found.json()).data.result.length)
    await girok.stop()
  `
  expect(node(code).trim()).toBe('200 200 1')
})

test('the agent runs by itself, and as a command of girok', () => {
  const agent = join(project(), 'node_modules/.bin/girok-agent')
  expect(execFileSync(agent, ['version'], { encoding: 'utf8' })).toMatch(/^girok-agent \d/)
  const girok = join(project(), 'node_modules/.bin/girok')
  expect(execFileSync(girok, ['agent', 'help'], { encoding: 'utf8' })).toContain('dry-run FILE')
})
