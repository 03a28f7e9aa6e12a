import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AgentReport } from '../../packages/server/src/api/contract.ts'
import { manySources, mockAgents } from '../../packages/web/testing/mock-agents.ts'
import { push, startServer, type TestServer } from '../server.ts'
import { faultsOfMarkup } from './accessibility.ts'
import { eventually, openStage, type Stage, type Visitor, visit } from './browser.ts'

const PATH = '/agents'
const card = (page: Page, id: string): Locator => page.locator(`[data-testid="agent-${id}"]`)
const rows = (page: Page, id: string): Locator => card(page, id).getByTestId('agent-source')
const cells = (row: Locator): Promise<string[]> => row.locator('td').allInnerTexts()
const clipboard = (page: Page): Promise<string> => page.evaluate(() => navigator.clipboard.readText())

describe('page of agents', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage()
    stage.server.state.moreLabels = ['filename']
  })
  afterAll(() => stage.close())

  it('lists the sources of every agent with states in words, what fails first', async () => {
    const { page, faults } = await stage.open(PATH)
    await card(page, 'gpu-01').waitFor()
    expect(await page.locator('.agent h2').allTextContents()).toEqual(['gpu-01', '웹 서버 1'])
    expect((await rows(page, 'gpu-01').getByTestId('state').allTextContents()).map((text) => text.trim())).toEqual([
      'Failing',
      'Active',
      'Active',
      'Idle',
      'Never seen',
    ])
    expect(await page.getByTestId('inventory').locator('dd').allTextContents()).toEqual(['1', '2', '1', '1', '4'])
    const [failing = [], active = [], , idle = []] = await Promise.all(
      [0, 1, 2, 3].map((i) => cells(rows(page, 'gpu-01').nth(i))),
    )
    expect(failing[1]).toContain('<b>EACCES</b>: the agent may not read it')
    expect(active.slice(2)).toEqual(['3 seconds ago', '12,345', '4 KiB', 'python train.py'])
    expect(active[1]).toContain('training (file)')
    expect(idle.slice(2)).toEqual(['yesterday', '91,022', '0 B', 'python train.py'])
    const exact = await rows(page, 'gpu-01').nth(1).locator('td').nth(2).getAttribute('title')
    expect(exact).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/)
    expect(await card(page, 'gpu-01').textContent()).toContain('3 more sources are left out')
    expect(faults).toEqual([])
  })

  it('tells how an agent does: memory, spool, destinations, what went wrong', async () => {
    const { page } = await stage.open(PATH)
    const agent = card(page, 'gpu-01')
    await agent.waitFor()
    expect(await agent.getByTestId('contact').textContent()).toContain('Connected, last report 4 seconds ago')
    expect(await agent.getByTestId('memory').textContent()).toBe('61 MiB')
    expect(await agent.getByTestId('spool').textContent()).toBe('900 MiB of 1 GiB')
    expect(await agent.getByTestId('waits').textContent()).toBe('80 MiB')
    expect(await agent.getByTestId('agent-faults').locator('li').allTextContents()).toEqual([
      'The configuration as it is now is not in force: line 12: there is no type "fiel" of inputs; did you mean file?',
      '12 lines and samples were given up because the spool was full.',
      '1 record of the spool could not be verified (40 lines and samples).',
    ])
    const destination = await agent.getByTestId('destination').textContent()
    for (const words of [
      'http://loki:3100',
      '2 rejected',
      '80 MiB in 81 records wait',
      'connect ECONNREFUSED 10.0.0.7',
    ])
      expect(destination).toContain(words)
    expect(await agent.getByTestId('dropped').textContent()).toContain('training: 1,200 by drop (debug)')
  })

  it('marks a silent agent, which can be forgotten', async () => {
    const { page } = await stage.open(PATH)
    const agent = card(page, 'web-01')
    await agent.waitFor()
    expect(await agent.getByTestId('contact').textContent()).toContain('Silent, last report 12 minutes ago')
    expect(await agent.textContent()).toContain('as of its last report')
    expect(await card(page, 'gpu-01').getByTestId('forget').count()).toBe(0)
    await agent.getByTestId('forget').click()
    await eventually(() => agent.count()).toBe(0)
    expect(await page.getByTestId('inventory').locator('dd').allTextContents()).toEqual(['1', '2', '1', '1', '3'])
    expect(stage.server.requests).toContain('DELETE /girok/v1/agents/web-01')
    stage.server.state.agents = mockAgents()
  })

  it('says why an agent cannot be forgotten, and keeps it', async () => {
    const { page } = await stage.open(PATH)
    const message = 'the token lacks the scope admin'
    await page.route('**/girok/v1/agents/web-01', (route) =>
      route.fulfill({
        status: 403,
        contentType: 'application/json',
        body: JSON.stringify({ error: { code: 'forbidden', message, hint: '' } }),
      }),
    )
    await card(page, 'web-01').getByTestId('forget').click()
    await eventually(() => card(page, 'web-01').getByTestId('refused').textContent()).toBe(message)
    expect(await page.getByTestId('agents-fault').count()).toBe(0)
  })

  it('filters over agents, inputs and sources, and says what to do when nothing is found', async () => {
    const { page } = await stage.open(PATH)
    await card(page, 'gpu-01').waitFor()
    const found = page.getByTestId('agents-shown')
    expect(await found.textContent()).toBe('6 of 6 sources')
    await page.getByTestId('agents-filter').fill('gpu-01 training run')
    await eventually(() => found.textContent()).toBe('2 of 6 sources')
    expect(await card(page, 'web-01').count()).toBe(0)
    await page.getByTestId('agents-filter').fill('nginx')
    await eventually(() => card(page, 'gpu-01').count()).toBe(0)
    expect(await rows(page, 'web-01').count()).toBe(1)
    await page.getByTestId('agents-filter').fill('carrier pigeon')
    await page.getByTestId('agents-nothing').getByRole('button').click()
    await eventually(() => found.textContent()).toBe('6 of 6 sources')
  })

  it('leads from a file to its lines, where lines bear the name of their file', async () => {
    const { page } = await stage.open(PATH)
    await card(page, 'gpu-01').getByRole('link').first().waitFor()
    const links = await card(page, 'gpu-01').getByRole('link').allTextContents()
    expect(links).toEqual(['logs/training/run-42 "final".log', 'logs/training/run-41.log'])
    const old = await card(page, 'gpu-01').getByRole('link').nth(1).getAttribute('href')
    expect(old).toMatch(/^\/logs\?q=.*&from=.*&to=/)
    await card(page, 'gpu-01').getByRole('link').first().click()
    await eventually(() => new URL(page.url()).searchParams.get('q')).toBe(
      '{filename="logs/training/run-42 \\"final\\".log"}',
    )
    expect(new URL(page.url()).pathname).toBe('/logs')
    stage.server.state.moreLabels = []
    const without = await stage.open(PATH)
    await card(without.page, 'gpu-01').waitFor()
    await without.page.waitForTimeout(500)
    expect(await card(without.page, 'gpu-01').getByRole('link').count()).toBe(0)
    stage.server.state.moreLabels = ['filename']
  })

  it('stays quick with 2,000 files: 200 are drawn, the others on demand', async () => {
    const [first] = stage.server.state.agents.agents
    if (first === undefined) throw new Error('the mock has no agent')
    const many = { ...first, inputs: [{ name: 'many', type: 'file', sources: manySources(2000), more: 0 }] }
    stage.server.state.agents = { ...mockAgents(), agents: [many] }
    const { page } = await stage.open(PATH)
    await rows(page, 'gpu-01').first().waitFor()
    expect(await rows(page, 'gpu-01').count()).toBe(200)
    expect((await rows(page, 'gpu-01').nth(199).getByTestId('state').textContent())?.trim()).toBe('Active')
    // In the page itself: from the key to the frame after it.
    const filterMs = await page.getByTestId('agents-filter').evaluate(async (field: HTMLInputElement) => {
      const started = performance.now()
      field.value = 'file-1999'
      field.dispatchEvent(new Event('input', { bubbles: true }))
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
      return performance.now() - started
    })
    expect(await rows(page, 'gpu-01').count()).toBe(1)
    expect(filterMs).toBeLessThan(500)
    await page.getByTestId('agents-filter').fill('')
    await page.getByTestId('show-all').click()
    await eventually(() => rows(page, 'gpu-01').count()).toBe(2000)
    expect(await page.getByTestId('show-all').count()).toBe(0)
    stage.server.state.agents = mockAgents()
  })

  it('stays quick with many agents: 50 are drawn, with the first of their sources', async () => {
    const [first] = mockAgents().agents
    if (first === undefined) throw new Error('the mock has no agent')
    const inputs = [{ name: 'many', type: 'file', sources: manySources(40), more: 0 }]
    const agents = Array.from({ length: 80 }, (_, i) => ({ ...first, id: `h${i}`, name: `h${i}`, inputs }))
    stage.server.state.agents = { ...mockAgents(), agents }
    const { page } = await stage.open(PATH)
    await card(page, 'h0').waitFor()
    expect(await page.locator('.agent').count()).toBe(50)
    expect(await rows(page, 'h0').count()).toBe(40)
    expect(await page.getByTestId('agents-shown').textContent()).toBe('3,200 of 3,200 sources')
    await page.getByTestId('agents-filter').fill('h79')
    await eventually(() => rows(page, 'h79').count()).toBe(40)
    await page.getByTestId('agents-filter').fill('')
    await page.getByTestId('show-all-agents').click()
    await eventually(() => page.locator('.agent').count()).toBe(80)
    expect(await rows(page, 'h0').count()).toBe(25)
    stage.server.state.agents = mockAgents()
  })

  it('renews its figures by itself, and keeps the last when the server refuses', async () => {
    const { page } = await stage.open(PATH)
    await card(page, 'gpu-01').waitFor()
    const agents = mockAgents().agents.map((agent) => ({ ...agent, memoryBytes: 70 * 1024 * 1024 }))
    stage.server.state.agents = { ...mockAgents(), agents }
    await eventually(() => card(page, 'gpu-01').getByTestId('memory').textContent()).toBe('70 MiB')
    const body = JSON.stringify({ error: { code: 'forbidden', message: 'the token lacks the scope query', hint: '' } })
    await page.route('**/girok/v1/agents', (route) =>
      route.fulfill({ status: 403, contentType: 'application/json', body }),
    )
    await eventually(() => page.getByTestId('agents-fault').textContent()).toContain('the token lacks the scope query')
    expect(await card(page, 'gpu-01').getByTestId('memory').textContent()).toBe('70 MiB')
    await page.unroute('**/girok/v1/agents')
    await eventually(() => page.getByTestId('agents-fault').count()).toBe(0)
    stage.server.state.agents = mockAgents()
  })

  it.each([
    ['en-US', 'Agents', 'Never seen', 'Silent, last report 12 minutes ago', 'Destinations'],
    ['ko-KR', '에이전트', '나타난 적 없음', '응답 없음, 마지막 보고 12분 전', '보내는 곳'],
    ['ja-JP', 'エージェント', '未検出', '応答なし、最後の報告: 12 分前', '送信先'],
  ])(
    'speaks %s, is whole for screen readers, and fits 320 pixels',
    async (locale, title, never, silent, destinations) => {
      for (const dark of [true, false]) {
        stage.server.state.agents = mockAgents()
        const { page, faults } = await stage.open(PATH, { locale, dark })
        await card(page, 'gpu-01').waitFor()
        await page.getByTestId('agents-start').locator('summary').click()
        expect(await page.locator('h1').textContent()).toBe(title)
        expect(await page.title()).toContain(title)
        expect((await rows(page, 'gpu-01').last().getByTestId('state').textContent())?.trim()).toBe(never)
        expect((await card(page, 'web-01').getByTestId('contact').textContent())?.trim()).toBe(silent)
        expect(await card(page, 'gpu-01').locator('h3').first().textContent()).toBe(destinations)
        expect(await page.locator('main').textContent()).not.toMatch(/(agents|sources|setup)\.\w/)
        expect(await faultsOfMarkup(page)).toEqual([])
        await page.setViewportSize({ width: 320, height: 640 })
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
        expect(await page.getByTestId('agents').evaluate((element) => element.scrollWidth)).toBeLessThanOrEqual(320)
        expect(faults).toEqual([])
      }
    },
  )

  it('is reached by key and from the navigation', async () => {
    const { page } = await stage.open('/setup')
    await page.getByRole('navigation').getByRole('link', { name: 'Agents' }).click()
    await card(page, 'gpu-01').waitFor()
    expect(new URL(page.url()).pathname).toBe(PATH)
    await page.goBack()
    await page.getByTestId('arrival').waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('n')
    await card(page, 'gpu-01').waitFor()
  })
})

describe('page of agents before any has reported', () => {
  it('tells how one is started, with the address and the token that this server wants', async () => {
    const stage = await openStage({ token: 'secret-1', basePath: '/girok' })
    stage.server.state.agents = { agents: [], nowMs: Date.now(), tokensRequired: true }
    const { page, faults } = await stage.open(PATH)
    await page.getByTestId('token-input').fill('secret-1')
    await page.getByTestId('token-submit').click()
    await page.getByTestId('agents-none').waitFor()
    await page.getByTestId('copy-agent-snippet').click()
    expect(await clipboard(page)).toBe(
      `export GIROK_TOKEN=YOUR_TOKEN\ngirok agent --url ${stage.server.url} --file 'logs/**/*.log'`,
    )
    await page.getByRole('tab', { name: 'YAML' }).click()
    await page.getByTestId('copy-agent-snippet').click()
    const yaml = await clipboard(page)
    expect(yaml).toContain(`    url: ${stage.server.url}\n    token: \${GIROK_TOKEN}\n`)
    expect(yaml).toContain("include: ['logs/**/*.log']")
    expect(await page.locator('main').textContent()).toContain('girok token create --scope ingest')
    expect(await faultsOfMarkup(page)).toEqual([])
    stage.server.state.agents = mockAgents()
    await card(page, 'gpu-01').waitFor()
    expect(faults).toEqual([])
    await stage.close()
  })
})

describe('page of agents on a running server', () => {
  let server: TestServer
  let visitor: Visitor
  beforeAll(async () => {
    server = await startServer()
    visitor = await visit(server.url)
  })
  afterAll(async () => {
    await visitor.close()
    await server.dispose()
  })

  it('shows an agent as soon as it reports, links to its lines, and sees it fall silent', async () => {
    const { page, faults } = await visitor.open(PATH)
    await page.getByTestId('agents-none').waitFor()
    const filename = '/srv/logs/training/run.log'
    expect(await push(server, { filename, job: 'training' }, [[Date.now(), 'epoch 1 loss 0.2']])).toBe(204)
    const now = Date.now()
    const report: AgentReport = {
      id: '4f1c',
      name: 'trainer',
      version: '0.1.0',
      startedMs: now - 5000,
      atMs: now,
      intervalMs: 1000,
      configuration: { file: 'the command line', loadedMs: now - 5000 },
      inputs: [
        {
          name: 'file',
          type: 'file',
          sources: [{ name: filename, state: 'active', lastMs: now, count: 1, lagBytes: 0 }],
          more: 0,
        },
      ],
      dropped: [],
      spool: {
        bytes: 0,
        maxBytes: 1,
        waitingBytes: 0,
        evicted: { full: 0, age: 0 },
        corrupt: { records: 0, count: 0 },
      },
      destinations: [],
      memoryBytes: 1,
      cpuSeconds: 0,
    }
    const post = () =>
      server.fetch('/girok/v1/agents', {
        method: 'POST',
        body: JSON.stringify(report),
        headers: { 'content-type': 'application/json' },
      })
    expect((await post()).status).toBe(204)
    await card(page, '4f1c').waitFor()
    expect(await faultsOfMarkup(page)).toEqual([])
    await eventually(() => card(page, '4f1c').getByTestId('contact').textContent()).toContain('Silent')
    await card(page, '4f1c').getByRole('link').click()
    await page.locator('[data-row="0"]').waitFor()
    expect(await page.locator('[data-row="0"]').textContent()).toContain('epoch 1 loss 0.2')
    await page.goBack()
    await card(page, '4f1c').getByTestId('forget').click()
    await page.getByTestId('agents-none').waitFor()
    expect(((await (await server.fetch('/girok/v1/agents')).json()) as { agents: unknown[] }).agents).toEqual([])
    expect(faults).toEqual([])
  })
})
