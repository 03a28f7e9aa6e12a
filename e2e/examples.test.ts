/** The example programs, as their README starts them, and the container's steps without a container. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { blockBook } from './code-blocks.ts'
import { createWorkshop, type Workshop } from './programs.ts'
import { CLI, eventually, lines, QUIET, ROOT, startServer, type TestServer } from './server.ts'
import { freePort } from './sockets.ts'

const ADDRESS = 'http://127.0.0.1:4100'
const book = blockBook(['examples/README.md'])

let workshop: Workshop
let server: TestServer
beforeAll(async () => {
  workshop = createWorkshop()
  server = await startServer({ args: QUIET })
})
afterAll(async () => {
  await workshop?.dispose()
  await server?.dispose()
})

/** `npm run` in the repository, as a user would, with the working directory of the test. */
function example(commandLine: string, env: Record<string, string> = {}): ReturnType<Workshop['start']> {
  const script = `cd ${workshop.folder} && exec npm --prefix ${ROOT} --silent run ${commandLine}`
  return workshop.start('sh', ['-c', script], { INIT_CWD: workshop.folder, ...env })
}

describe('examples/README.md', () => {
  const commands = book.take('examples/README.md', 'npm run example').text.split('\n')
  const command = (name: string) => {
    const found = commands.find((line) => line.includes(`npm run example ${name}`))
    if (found === undefined) throw new Error(`the README does not run ${name}`)
    return found.replace(/ +#.*$/, '').replace(/^.*?npm run /, '')
  }

  test('the list names every program', async () => {
    const { stdout, stderr } = await example('example').ended
    for (const name of ['ad-server', 'api-server', 'training-job']) expect(stdout + stderr).toContain(name)
  })

  test('first-log', async () => {
    const { code, stderr } = await example(command('first-log')).ended
    expect(code).toBe(0)
    expect(stderr).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} - app\.first_log - DEBUG - detail/m)
    expect(stderr).toContain('- ERROR - a function could not do its work')
  })

  test('training-job writes its file', async () => {
    const { code, stderr } = await example(command('training-job').replace('--steps 100', '--steps 15'), {
      LOG_DIRECTORY: join(workshop.folder, 'logs'),
    }).ended
    expect(code, stderr).toBe(0)
    const folder = join(workshop.folder, 'logs/training')
    const [file = ''] = readdirSync(folder)
    expect(file).toMatch(/^llama3_qlora_\d{8}_\d{6}\.log$/)
    const records = readFileSync(join(folder, file), 'utf8').trimEnd().split('\n')
    expect(JSON.parse(records[1] ?? '')).toMatchObject({ message: 'training_step', epoch: 1, step: 1 })
  })

  test('ad-server sends to Girok', async () => {
    expect(commands.some((line) => line.startsWith(`GIROK_URL=${ADDRESS} `))).toBe(true)
    const running = example(command('ad-server'), {
      GIROK_URL: server.url,
      LOG_DIRECTORY: join(workshop.folder, 'logs'),
    })
    await eventually(async () => {
      return (await lines(server, '{service_name=~".+"} |= "Ad request received"')).length > 0
    }, 60_000)
    await running.stop('SIGTERM')
  })
})

describe('the container', () => {
  test('its steps give an API that logs to the volume', async () => {
    const text = readFileSync(join(ROOT, 'examples/container/Dockerfile'), 'utf8').replaceAll(/\\\n\s*/g, '')
    const steps = text.split('\n').flatMap((line) => {
      const [, name = '', rest = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? []
      return name === '' ? [] : [[name, rest] as const]
    })
    const all = (name: string) => steps.filter(([step]) => step === name).map(([, rest]) => rest)
    const app = join(workshop.folder, 'app')
    for (const copy of all('COPY')) {
      const [from = '', to = ''] = copy.split(' ')
      const target = join(workshop.folder, to.endsWith('/') ? join(to, from.split('/').at(-1) ?? '') : to)
      mkdirSync(dirname(target), { recursive: true })
      cpSync(join(ROOT, from), target, { recursive: true })
    }
    for (const run of all('RUN')) await workshop.shell(`cd ${app} && ${run}`)
    const env: Record<string, string> = Object.fromEntries(
      all('ENV').flatMap((pairs) =>
        pairs
          .trim()
          .split(/\s+/)
          .map((pair) => pair.split('=')),
      ),
    )
    expect(env).toMatchObject({ LOG_LEVEL: 'INFO', LOG_DIRECTORY: '/app/logs', LOG_CONFIG: '/app/logging.conf' })
    expect(all('VOLUME')).toEqual(['["/app/logs"]'])
    const placed = Object.entries(env).map(([name, value]) => [name, value.replace(/^\/app(?=\/)/, app)])
    const [program = '', ...args] = JSON.parse(all('CMD')[0] ?? '[]') as string[]
    const port = await freePort()
    const given = args.map((arg) => (arg === '8000' ? String(port) : arg === '0.0.0.0' ? '127.0.0.1' : arg))
    const logs = join(app, 'logs')
    const running = workshop.start(
      'sh',
      ['-c', `cd ${app} && exec ${program} ${given.join(' ')}`],
      Object.fromEntries(placed),
    )
    const headers = { 'x-request-id': 'req_from_test' }
    let answer: Response | undefined
    await eventually(async () => {
      answer = await fetch(`http://127.0.0.1:${port}/v1/models`, { headers }).catch(() => undefined)
      return answer?.ok === true
    })
    expect(answer?.headers.get('x-request-id')).toBe('req_from_test')
    await running.stop('SIGTERM')
    // By logging.conf: JSON in a file that is rotated, text on the console, errors in a file of their own.
    const records = readFileSync(join(logs, 'hapa.log'), 'utf8').trimEnd().split('\n')
    expect(records.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ message: 'api_response', request_id: 'req_from_test', status_code: 200 }),
    )
    expect((await running.ended).stdout).toMatch(
      /^[-0-9]{10} [:0-9]{8},[0-9]{3} - api - INFO - api_response .*req_from_test/m,
    )
    expect(readdirSync(logs)).toContain('error.log')
    expect(existsSync(join(app, 'node_modules/pino9'))).toBe(false)
  })

  test('its compose file builds that Dockerfile, publishes its port and mounts its volume', () => {
    const folder = join(ROOT, 'examples/container')
    const { services } = parse(readFileSync(join(folder, 'compose.yaml'), 'utf8'))
    const { api } = services
    expect(join(folder, api.build.context, api.build.dockerfile)).toBe(join(folder, 'Dockerfile'))
    expect(api.ports).toEqual(['8000:8000'])
    expect(api.volumes).toEqual(['./logs:/app/logs'])
    expect(api.environment).toEqual({ LOG_LEVEL: 'INFO', DEBUG: 'False' })
  })
})

test('the alerts to copy are checked, and a server takes all of them', async () => {
  const { text } = book.take('examples/README.md', 'girok rules check')
  const serve = text.indexOf('girok serve')
  workshop.program('girok', `exec '${process.execPath}' '${CLI}' "$@"`)
  const inFolder = text.slice(0, serve).replace('cd examples/alerting', `cd '${join(ROOT, 'examples/alerting')}'`)
  expect((await workshop.shell(inFolder)).stdout.match(/SUCCESS/g)).toHaveLength(3)
  const flags = `--port 0 --no-sample --data '${join(workshop.folder, 'alerts')}'`
  const running = workshop.start('sh', ['-ec', `${inFolder}exec ${text.slice(serve)} ${flags}`])
  await eventually(() => /^Girok is ready at /m.test(running.output()), 60_000)
  await running.stop('SIGTERM')
  expect(running.output()).not.toMatch(/error/i)
})

test('no command of the README is left untried', () => {
  expect(book.left()).toEqual([])
})
