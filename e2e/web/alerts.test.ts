import { rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { QUIET, startServer, type TestServer, temporaryFolder } from '../server.ts'
import { faultsOfMarkup } from './accessibility.ts'
import { eventually, type Visitor, visit } from './browser.ts'

const monitor = `export default {
  name: 'memory',
  selector: '{job="trainer"}',
  check: ({ line }) => {
    if (line === 'unreadable') throw new Error('cannot read it')
    return line.includes('out of memory') ? { type: 'out_of_memory', severity: 'critical', message: line } : undefined
  },
}
`

function listen(server: Server): Promise<number> {
  return new Promise((listening) =>
    server.listen(0, '127.0.0.1', () => listening((server.address() as AddressInfo).port)),
  )
}

/** Longer than an answer takes on a machine with much else to do. */
const slow = { timeout: 30_000 }
const rule = (page: Page, name: string) => page.locator(`[data-rule="${name}"]`)
const stateOf = (page: Page, name: string) =>
  rule(page, name).locator('.rule-line [data-state]').getAttribute('data-state')

describe('pages of alerts', { timeout: 120_000 }, () => {
  const folder = temporaryFolder()
  const told: { readonly status: string; readonly receiver: string }[] = []
  const length = 120
  let exporter: Server
  let hook: Server
  let hookUrl = ''
  let server: TestServer
  let visitor: Visitor

  beforeAll(async () => {
    exporter = createServer((_, response) => response.end(`queue_length{host="web-1"} ${length}\n`))
    hook = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        told.push(JSON.parse(body))
        response.end()
      })
    })
    const port = await listen(exporter)
    hookUrl = `http://127.0.0.1:${await listen(hook)}/told`
    const config = join(folder, 'prometheus.yml')
    writeFileSync(
      join(folder, 'rules.yml'),
      'groups: [{ name: host, interval: 1s, rules: [{ alert: Gone, expr: absent(queue_length) == 2 }] }]\n',
    )
    writeFileSync(
      config,
      `global: { scrape_interval: 1s }
rule_files: [rules.yml]
scrape_configs: [{ job_name: app, static_configs: [{ targets: ['127.0.0.1:${port}'] }] }]
`,
    )
    const modules = join(folder, 'monitor.mjs')
    writeFileSync(modules, monitor)
    const settings = ['outgoing.allow=127.0.0.1', `alerting.monitors=${modules}`]
    server = await startServer({
      args: [...QUIET, '--prometheus-config', config, ...settings.flatMap((one) => ['--set', one])],
    })
    visitor = await visit(server.url)
  }, 60_000)
  afterAll(async () => {
    await visitor?.close()
    await server?.dispose()
    for (const one of [exporter, hook]) {
      one?.closeAllConnections()
      one?.close()
    }
    rmSync(folder, { recursive: true, force: true })
  })

  it('make a rule of a query, with what it would have done', async () => {
    // The first sample must be there before the rule is tried out.
    const samples = async (): Promise<string> => (await server.fetch('/api/v1/query?query=queue_length')).text()
    await expect.poll(samples, slow).toContain('web-1')
    const { page, faults } = await visitor.open('/explore/metrics?q=queue_length')
    await page.getByTestId('create-alert').click(slow)
    await page.getByTestId('rule-form').waitFor(slow)
    expect(new URL(page.url()).search).toBe('?language=promql&query=queue_length')
    await page.getByTestId('save-rule').click()
    expect(await page.getByTestId('missing').textContent()).toContain('Condition, Name')
    await page.getByTestId('threshold').fill('100')
    await page.getByTestId('rule-name').fill('QueueLong')
    await page.getByTestId('over').fill('1m')
    await page.getByTestId('label-value-0').fill('critical')
    await page.getByTestId('annotation-value-0').fill('Queue of {{ $labels.host }}: {{ $value }}')
    await page.getByTestId('rule-group').fill('queues')
    await page.getByTestId('rule-interval').fill('1s')
    await page.getByTestId('back-test-words').waitFor(slow)
    await expect.poll(() => page.getByTestId('back-test-words').textContent(), slow).toContain('> 100')
    expect(await faultsOfMarkup(page)).toEqual([])
    await page.getByTestId('save-rule').click()
    await expect.poll(() => stateOf(page, 'QueueLong'), slow).toBe('firing')
    expect(await rule(page, 'QueueLong').getByTestId('alert').textContent()).toContain('Queue of web-1: 120')
    expect(await faultsOfMarkup(page)).toEqual([])
    expect(faults).toEqual([])
  })

  it('find rules by state and words, and the address keeps what is looked for', async () => {
    const { page, faults } = await visitor.open('/alerts')
    await expect.poll(() => page.getByTestId('rule').count(), slow).toBe(2)
    await page.getByTestId('state-firing').click()
    await eventually(() => page.getByTestId('rule').count()).toBe(1)
    await page.getByTestId('alerts-filter').fill('host=web-1')
    await eventually(() => new URL(page.url()).search).toBe('?state=firing&q=host%3Dweb-1')
    await page.reload()
    await expect.poll(() => page.getByTestId('alerts-shown').textContent(), slow).toBe('1 of 2 rules')
    await page.getByTestId('alerts-filter').fill('no such rule')
    await page.getByTestId('alerts-nothing').getByRole('button').click()
    await eventually(() => page.getByTestId('rule').count()).toBe(2)
    await page.keyboard.press('g')
    await page.keyboard.press('l')
    await page.locator('.toolbar').waitFor(slow)
    await page.keyboard.press('g')
    await page.keyboard.press('a')
    await page.getByTestId('alerts-filter').waitFor(slow)
    expect(faults).toEqual([])
  })

  it('show a rule with its query against the threshold, evaluations, history and definition', async () => {
    const { page, faults } = await visitor.open('/alerts')
    await rule(page, 'QueueLong').getByTestId('rule-link').click(slow)
    await page.getByTestId('plot').waitFor(slow)
    expect(await page.getByTestId('back-test-words').textContent()).toMatch(/fired 1 time.*> 100/)
    await expect.poll(() => page.getByTestId('evaluation').count(), slow).toBeGreaterThan(1)
    expect(await page.getByTestId('evaluation').first().textContent()).toContain('1 firing')
    // Pages of two: older ones follow until there are none.
    const evaluated = page.locator('section', { has: page.getByTestId('evaluations') })
    await page.route('**/evaluations?*', (route) =>
      route.continue({ url: route.request().url().replace('limit=30', 'limit=2') }),
    )
    await page.reload()
    await evaluated.getByTestId('older').click(slow)
    await expect.poll(() => page.getByTestId('evaluation').count(), slow).toBeGreaterThan(2)
    await page.unroute('**/evaluations?*')
    await page.goto(`${page.url().split('?')[0]}?from=now-1h`)
    await expect.poll(() => page.getByTestId('change').first().textContent(), slow).toContain('Began to fire')
    await page
      .locator('section', { has: page.getByTestId('history') })
      .getByTestId('journal-end')
      .waitFor(slow)
    await expect.poll(() => page.getByTestId('change').first().textContent(), slow).toContain('Began to fire')
    const yaml = (await page.getByTestId('rule-yaml').textContent()) ?? ''
    for (const line of ['- alert: QueueLong', 'expr: queue_length', 'condition:', 'over: 1m', 'severity: critical'])
      expect(yaml).toContain(line)
    expect(await faultsOfMarkup(page)).toEqual([])
    await page.getByTestId('edit-rule').click()
    await page.getByTestId('rule-name').waitFor(slow)
    expect(await page.getByTestId('threshold').inputValue()).toBe('100')
    await page.getByTestId('threshold').fill('110')
    // What was written is not lost without a question.
    await page.getByTestId('alerts').getByRole('link', { name: 'Silences' }).click()
    await page.getByTestId('stay').click()
    await page.getByTestId('save-rule').click()
    await expect.poll(() => rule(page, 'QueueLong').textContent(), slow).toContain('last() > 110')
    expect(faults).toEqual([])
  })

  it('acknowledge an alert and take that back', async () => {
    const { page } = await visitor.open('/alerts')
    await rule(page, 'QueueLong').getByTestId('acknowledge').click(slow)
    await page.getByTestId('ack-by').fill('kim')
    await page.getByTestId('ack-submit').click()
    await expect.poll(() => page.getByTestId('acknowledged').allTextContents(), slow).toEqual(['Acknowledged by kim'])
    await page.getByTestId('unacknowledge').click()
    await expect.poll(() => page.getByTestId('acknowledged').count(), slow).toBe(0)
  })

  it('silence an alert with a preview, at certain times, and end that', async () => {
    const { page, faults } = await visitor.open('/alerts')
    await rule(page, 'QueueLong').getByTestId('silence').click(slow)
    await expect.poll(() => page.getByTestId('silence-preview').textContent(), slow).toContain('1 alert matches now')
    expect(await page.getByTestId('matcher-value-0').inputValue()).toBe('QueueLong')
    await page.getByTestId('silence-save').click()
    expect(await page.getByTestId('silence-form').textContent()).toContain('This is needed.')
    await page.getByTestId('silence-by').fill('kim')
    await page.getByTestId('silence-comment').fill('known')
    await page.getByTestId('length-1day').click()
    await page.getByTestId('silence-recurring').check()
    expect(await faultsOfMarkup(page)).toEqual([])
    await page.getByTestId('silence-save').click()
    await expect.poll(() => page.getByTestId('silence').textContent(), slow).toContain('at certain times')
    await expect.poll(() => page.getByTestId('silence-count').textContent(), slow).toBe('Silences 1 alert now')
    await page.goto(`${server.url}/alerts`)
    await page.getByTestId('silenced').first().click(slow)
    await page.getByTestId('expire-silence').click(slow)
    await page.getByTestId('confirm-yes').click()
    await expect.poll(() => page.getByTestId('silence').getAttribute('data-state'), slow).toBe('expired')
    expect(faults).toEqual([])
  })

  it('make a contact point of a form, test it, route to it, and tell what was sent', async () => {
    const { page, faults } = await visitor.open('/alerts/contact-points')
    await page.getByTestId('new-contact-point').click(slow)
    await page.getByTestId('contact-name').fill('team')
    await page.getByTestId('contact-save').click(slow)
    expect(await page.getByTestId('contact-missing').textContent()).toContain('url')
    await page.getByTestId('option-0-url').fill('http://127.0.0.1:1/nothing')
    await page.getByTestId('contact-form').getByTestId('test-contact').click()
    await expect.poll(() => page.getByTestId('test-outcome').getAttribute('data-sent'), slow).toBe('false')
    await page.getByTestId('option-0-url').fill(hookUrl)
    await page.getByTestId('contact-form').getByTestId('test-contact').click()
    await expect.poll(() => page.getByTestId('test-outcome').getAttribute('data-sent'), slow).toBe('true')
    expect(told.length).toBe(1)
    await page.locator('.more-options summary').first().click()
    expect(await faultsOfMarkup(page)).toEqual([])
    await page.getByTestId('contact-save').click()
    await page.locator('[data-name="team"]').waitFor(slow)

    await page.goto(`${server.url}/alerts/routes?view=config`)
    const text = page.getByTestId('config-text')
    await text.click(slow)
    const replace = async (yaml: string): Promise<void> => {
      await page.keyboard.press('Control+a')
      await page.keyboard.insertText(yaml)
      await page.getByTestId('config-save').click()
    }
    await replace('route:\n  receiver: team\n  group_by: [alertname]\n  gruop_wait: 1s\n')
    await expect.poll(() => page.getByTestId('config-refusal').textContent(), slow).toContain('gruop_wait')
    await text.click()
    await replace(
      'route:\n  receiver: team\n  group_by: [alertname]\n  group_wait: 1s\n  routes:\n    - receiver: team\n      matchers: [severity="critical"]\n      group_wait: 1s\n',
    )
    await expect.poll(() => page.getByTestId('config-refusal').count(), slow).toBe(0)
    // More than a query's editor has room for.
    const filled = await page.evaluate(() => {
      const host = document.querySelector('.json-host')
      const editor = host?.querySelector('.editor-host')?.shadowRoot?.querySelector('.cm-editor')
      return (editor?.clientHeight ?? 0) / (host?.clientHeight ?? 1)
    })
    expect(filled).toBe(1)
    await page.getByTestId('config-toggle').click()
    await expect.poll(() => page.getByTestId('route').count(), slow).toBe(2)
    await page.getByTestId('route-labels').fill('severity=critical, alertname=X')
    await page.getByTestId('route-run').click()
    await expect.poll(() => page.getByTestId('route-taken').count(), slow).toBe(1)
    const lit = page.getByTestId('route')
    expect(await lit.evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.lit))).toEqual([
      'through',
      'ends',
    ])
    expect(await faultsOfMarkup(page)).toEqual([])

    await page.goto(`${server.url}/alerts/notifications`)
    await expect
      .poll(() => page.getByTestId('notification').allInnerTexts(), slow)
      .toContainEqual(expect.stringContaining('alertname="QueueLong"'))
    expect(await page.getByTestId('journal-end').textContent()).toBe('That is all that is kept.')
    await page.getByTestId('log-receiver').selectOption('team')
    await page.getByTestId('log-outcome').selectOption('sent')
    await page.getByTestId('log-alert').fill('QueueLong')
    await page.getByTestId('log-alert').press('Enter')
    await eventually(() => new URL(page.url()).search).toBe('?receiver=team&outcome=sent&alertname=QueueLong')
    await page.getByTestId('notification').first().waitFor(slow)
    await page.getByTestId('log-alert').fill('Queue')
    await page.getByTestId('log-alert').press('Enter')
    await eventually(() => page.getByTestId('notification').count()).toBe(0)
    await page.goto(`${server.url}/alerts/notifications`)
    await page.getByTestId('notification').first().waitFor(slow)
    await page.getByTestId('log-filter').fill('no such thing')
    await expect.poll(() => page.getByTestId('journal-end').textContent(), slow).toContain('No attempt')
    expect(await page.getByTestId('notification').count()).toBe(0)
    expect(told.some(({ status, receiver }) => status === 'firing' && receiver === 'team')).toBe(true)
    expect(await faultsOfMarkup(page)).toEqual([])
    expect(faults).toEqual([])
  })

  it('lead where links of notifications point, and acknowledge from there', async () => {
    const [{ fingerprint }] = (await (await server.fetch('/api/v2/alerts?filter=alertname=QueueLong')).json()) as [
      { fingerprint: string },
    ]
    const { page, faults } = await visitor.open('/#/alerts?receiver=team')
    await expect.poll(() => page.getByTestId('rule').count(), slow).toBe(1)
    expect(page.url()).toBe(`${server.url}/alerts?receiver=team`)
    expect(await page.getByTestId('of-receiver').textContent()).toBe('Alerts for team')
    expect(await faultsOfMarkup(page)).toEqual([])
    await page.goto(`${server.url}/alerts?receiver=nobody`)
    await page.getByTestId('alerts-nothing').waitFor(slow)

    await page.goto(`${server.url}/alerts?q=QueueLong&ack=${fingerprint}`)
    await page.getByTestId('ack-by').fill('Jin')
    await page.getByTestId('ack-submit').click()
    await expect.poll(() => page.getByTestId('acknowledged').first().textContent(), slow).toContain('Jin')
    expect(await page.getByTestId('ack-by').count()).toBe(0)
    expect(new URL(page.url()).search).toBe('?q=QueueLong')
    await page.goto(`${server.url}/alerts?ack=0000000000000000`)
    await page.getByTestId('ack-gone').waitFor(slow)

    await page.goto(`${server.url}/#/silences/new?filter=${encodeURIComponent('{alertname="QueueLong"}')}`)
    await page.getByTestId('silence-comment').waitFor(slow)
    expect(page.url().startsWith(`${server.url}/alerts/silences?new=1&`)).toBe(true)
    await expect.poll(() => page.getByTestId('matcher-value-0').inputValue(), slow).toBe('QueueLong')
    expect(faults).toEqual([])
  })

  it('keep what a group says of all its rules when a rule is renamed, and when it moves to a new group', async () => {
    const put = (body: unknown): Promise<Response> =>
      server.fetch('/girok/v1/alerting/rule-groups/promql/default/bounded', {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    const said = { interval: '1s', query_offset: '1s', limit: 7, labels: { team: 'ops' } }
    const rules = [{ alert: 'Bounded', expr: 'queue_length > 100' }]
    expect((await put({ group: { name: 'bounded', ...said, rules }, version: 0 })).ok).toBe(true)
    const { page, faults } = await visitor.open('/alerts?q=Bounded')
    await rule(page, 'Bounded').getByTestId('rule-link').click(slow)
    const words = await page.getByTestId('rule-place').textContent(slow)
    for (const part of ['at most 7 alerts of a rule', 'looks back by 1s', 'team="ops"']) expect(words).toContain(part)
    await page.getByTestId('edit-rule').click(slow)
    await page.getByTestId('rule-name').fill('StillBounded')
    // A group that is there brings what it says with it, a new one keeps what stands in the form.
    await page.getByTestId('rule-group').fill('queues')
    expect(await page.getByTestId('rule-limit').inputValue()).toBe('')
    await page.getByTestId('rule-group').fill('bounded')
    expect(await page.getByTestId('rule-limit').inputValue()).toBe('7')
    await page.getByTestId('rule-group').fill('moved')
    await page.getByTestId('rule-limit').fill('a few')
    await page.getByTestId('save-rule').click()
    expect(await page.getByTestId('missing').textContent()).toContain('Most alerts of one rule')
    await page.getByTestId('rule-limit').fill('8')
    expect(await faultsOfMarkup(page)).toEqual([])
    const tested = page.waitForRequest((request) => request.url().endsWith('/backtest'))
    await page.getByTestId('run-test').click(slow)
    expect((await tested).postDataJSON()).toMatchObject({ groupLabels: said.labels, limit: 8, queryOffsetMs: 1000 })
    await page.getByTestId('save-rule').click()
    await rule(page, 'StillBounded').waitFor(slow)
    const { groups } = (await (await server.fetch('/girok/v1/alerting/rule-groups')).json()) as {
      groups: { group: Record<string, unknown> }[]
    }
    expect(groups.map(({ group }) => group)).toContainEqual({
      name: 'moved',
      ...said,
      limit: 8,
      rules: [{ alert: 'StillBounded', expr: 'queue_length > 100' }],
    })
    await server.fetch('/girok/v1/alerting/rule-groups/promql/default/moved?version=1', { method: 'DELETE' })
    expect(faults).toEqual([])
  })

  it('draw what a recording rule would have written', async () => {
    const rules = [{ record: 'queue:twice', expr: 'queue_length * 2', labels: { kind: 'twice' } }]
    const put = await server.fetch('/girok/v1/alerting/rule-groups/promql/default/recorded', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ group: { name: 'recorded', interval: '1s', rules }, version: 0 }),
    })
    expect(put.ok).toBe(true)
    const { groups } = (await (await server.fetch('/girok/v1/alerting')).json()) as {
      groups: { name: string; rules: { id: string }[] }[]
    }
    const id = groups.find(({ name }) => name === 'recorded')?.rules[0]?.id
    const { page, faults } = await visitor.open(`/alerts/rules/${id}?from=now-5m&to=now`)
    const words = () => page.getByTestId('back-test-words').textContent(slow)
    await expect.poll(words, slow).toMatch(/^It would have written \d+ samples? in 1 series/)
    await page.locator('.back-test-chart canvas').first().waitFor(slow)
    expect(await page.locator('.back-test').textContent()).toContain('twice')
    expect(faults).toEqual([])
  })

  it('show log monitors, switch them, and list their alerts', async () => {
    const push = (line: string): Promise<Response> =>
      server.fetch('/loki/api/v1/push', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ streams: [{ stream: { job: 'trainer' }, values: [[`${Date.now()}000000`, line]] }] }),
      })
    await push('unreadable')
    await push('out of memory on gpu 3')
    const { page, faults } = await visitor.open('/alerts/monitors')
    await expect.poll(() => page.getByTestId('monitor-alert').textContent(), slow).toContain('out of memory on gpu 3')
    expect(await page.getByTestId('monitor-error').textContent()).toBe('Monitor error: memory - cannot read it')
    await page.getByTestId('monitor-switch').click()
    await expect.poll(() => page.getByTestId('monitor').getAttribute('data-active'), slow).toBe('false')
    expect(await faultsOfMarkup(page)).toEqual([])
    await page.goto(`${server.url}/alerts`)
    await expect.poll(() => page.getByTestId('other-alerts').textContent(), slow).toContain('out of memory on gpu 3')
    expect(faults).toEqual([])
  })

  it('read in Korean and Japanese, in the light theme', async () => {
    for (const [locale, words] of [
      ['ko-KR', '새 규칙'],
      ['ja-JP', '新しいルール'],
    ] as const) {
      const { page, faults } = await visitor.open('/alerts', { locale, dark: false })
      await expect.poll(() => page.getByTestId('new-rule').textContent(), slow).toBe(words)
      expect(await faultsOfMarkup(page)).toEqual([])
      expect(faults).toEqual([])
    }
  })

  it('delete a rule, after asking once', async () => {
    const { page, faults } = await visitor.open('/alerts')
    await rule(page, 'QueueLong').getByTestId('rule-link').click(slow)
    await page.getByTestId('delete-rule').click(slow)
    await page.getByTestId('confirm-yes').click()
    await expect.poll(() => rule(page, 'QueueLong').count(), slow).toBe(0)
    // The others of the list stay.
    await page.getByTestId('rule').first().waitFor(slow)
    expect(faults).toEqual([])
  })

  it('count the lines of a log query, when an alert is made of one', async () => {
    const { page } = await visitor.open('/logs?q=%7Bjob%3D%22trainer%22%7D')
    await page.getByTestId('create-alert').click(slow)
    await page.getByTestId('rule-form').waitFor(slow)
    expect(await page.getByTestId('rule-language').inputValue()).toBe('logql')
    expect(new URL(page.url()).searchParams.get('query')).toBe('sum(count_over_time({job="trainer"} [5m]))')
  })
})
