import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fakeServer, girok } from '../testing/girok.ts'

const GOOD = `
route:
  receiver: team
  group_by: [alertname]
  routes:
    - matchers: ['severity="critical"']
      receiver: pager
      continue: true
      group_wait: 10s
      routes:
        - match_re: {service: db|cache}
    - matchers: [team=ops]
      mute_time_intervals: [weekend]
inhibit_rules: [{source_matchers: [a=b], target_matchers: [c=d]}]
receivers: [{name: team}, {name: pager}]
time_intervals: [{name: weekend, time_intervals: [{weekdays: [saturday, sunday]}]}]
`

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'girok-alerts-'))
  writeFileSync(join(cwd, 'am.yml'), GOOD)
})
afterEach(() => rmSync(cwd, { recursive: true }))

describe('check', () => {
  test('says what a good file holds', async () => {
    expect(await girok(['alerts', 'check', 'am.yml'], { cwd })).toEqual({
      code: 0,
      stdout: `Checking am.yml
  SUCCESS
  Found:
   - global config
   - route
   - 1 inhibit rules
   - 2 receivers
   - 0 templates
   - 1 time intervals
`,
      stderr: '',
    })
  })

  test('says every fault of a bad one, and looks at the next', async () => {
    writeFileSync(join(cwd, 'bad.yml'), 'route: {reciever: x}\nreceivers: [{nam: y}]\n')
    const { code, stdout } = await girok(['alerts', 'check', 'bad.yml', 'am.yml'], { cwd })
    expect(code).toBe(1)
    expect(stdout).toContain(`Checking bad.yml
  FAILED:
    bad.yml:1:9: route.reciever: unknown key; is receiver meant?
    bad.yml:2:`)
    expect(stdout).toContain('receivers[0].nam: unknown key; is name meant?')
    expect(stdout).toContain('Checking am.yml\n  SUCCESS\n')
  })

  test('looks into the files of templates too', async () => {
    writeFileSync(join(cwd, 'am.yml'), `${GOOD}templates: ['*.tmpl']\n`)
    writeFileSync(join(cwd, 'a.tmpl'), '{{ define "x" }}good{{ end }}')
    expect((await girok(['alerts', 'check', 'am.yml'], { cwd })).stdout).toContain(' - 1 templates\n')
    writeFileSync(join(cwd, 'b.tmpl'), 'one\n{{ define "y" }}bad')
    const { code, stdout } = await girok(['alerts', 'check', 'am.yml'], { cwd })
    expect(code).toBe(1)
    expect(stdout).toMatch(/FAILED:\n {4}am\.yml: templates: .*b\.tmpl/)
  })

  test('a file that is not there, none at all', async () => {
    expect(await girok(['alerts', 'check', 'no.yml'], { cwd })).toMatchObject({
      code: 1,
      stderr: 'girok: cannot read no.yml: there is no such file\n',
    })
    expect((await girok(['alerts', 'check'], { cwd })).code).toBe(2)
    expect((await girok(['alerts', 'check', '--names', 'am.yml'], { cwd })).code).toBe(2)
  })
})

describe('routes', () => {
  test('the tree, as amtool draws it', async () => {
    expect(await girok(['alerts', 'routes', 'am.yml'], { cwd })).toEqual({
      code: 0,
      stdout: `Routing tree:
.
└── default-route  receiver: team
    ├── {severity="critical"}  continue: true  receiver: pager
    │   └── {service=~"^(?:db|cache)$"}  receiver: pager
    └── {team="ops"}  receiver: team
`,
      stderr: '',
    })
  })

  test('who is told of an alert, and when', async () => {
    const argv = [
      'alerts',
      'routes',
      'am.yml',
      '--at',
      '2026-11-22T10:00:00Z',
      'severity=critical',
      'team=ops',
      'alertname=A=B',
    ]
    expect((await girok(argv, { cwd })).stdout).toBe(`pager
  routes    {} → {severity="critical"}
  group     {}/{severity="critical"}:{alertname="A=B"}
  first     after 10s, at 2026-11-22T10:00:10.000Z
  changes   every 5m
  repeated  after 4h
team
  routes    {} → {team="ops"}
  group     {}/{team="ops"}:{alertname="A=B"}
  quiet by  weekend
  first     after 14h30s, at 2026-11-23T00:00:30.000Z
  changes   every 5m
  repeated  after 4h
`)
    expect((await girok([...argv, '--names'], { cwd })).stdout).toBe('pager,team\n')
  })

  test('a test of routes', async () => {
    const argv = ['alerts', 'routes', 'am.yml', '--names', 'severity=critical', '--verify']
    expect((await girok([...argv, 'pager'], { cwd })).code).toBe(0)
    expect(await girok([...argv, 'team'], { cwd })).toMatchObject({
      code: 1,
      stderr: 'expected team, but it goes to pager\n',
    })
    expect((await girok(['alerts', 'routes', 'am.yml', 'critical'], { cwd })).stderr).toContain('critical is no label')
  })
})

describe('test-receiver', () => {
  test('says of every integration what became of it', async () => {
    const server = await fakeServer((_, response) => {
      const outcomes = [
        { integration: 'slack[0]', sent: true, ms: 12.3 },
        { integration: 'webhook[0]', sent: false, reason: 'answered 500', ms: 4 },
      ]
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ outcomes }))
    })
    const outcome = await girok(['alerts', 'test-receiver', 'ops', 'severity=critical', '--url', server.url], { cwd })
    await server.close()
    expect(outcome).toEqual({
      code: 1,
      stdout: 'slack[0]: sent in 12 ms\nwebhook[0]: not sent: answered 500\n',
      stderr: '',
    })
    expect(server.requests[0]?.path).toBe('/girok/v1/alerting/contact-points/test')
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ name: 'ops', labels: { severity: 'critical' } })
  })

  test('a refusal of the server is told', async () => {
    const server = await fakeServer((_, response) => {
      response.statusCode = 404
      response.end(JSON.stringify({ error: { code: 'not_found', message: 'there is no contact point "x"' } }))
    })
    const outcome = await girok(['alerts', 'test-receiver', 'x', '--url', server.url], { cwd })
    await server.close()
    expect(outcome).toMatchObject({ code: 1, stderr: 'girok: there is no contact point "x" (status 404)\n' })
  })
})
