import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { DashboardImportResponse, DashboardResponse, DashboardsResponse } from '@girok/server/contract'
import { answerOf, ask } from '../ask.ts'
import type { Client } from '../client.ts'
import { type CommandContext, defineCommand } from '../command.ts'
import { dashboardFiles, readJson, sameJson, writeDashboard } from '../dashboard-files.ts'
import { EXIT, Failure, UsageError } from '../failure.ts'
import { safeText } from '../output/safe.ts'

const PATH = '/girok/v1/dashboards'

type Action = (context: CommandContext, word: string) => Promise<number>

export const dashboards = defineCommand({
  name: 'dashboards',
  summary: 'List, read and write dashboards; keep them in files; import those of Grafana.',
  words: '[ID | FILE | DIR]',
  actions: {
    list: 'ids, origins and titles of all dashboards',
    get: 'the JSON of the dashboard with that id',
    save: 'keep the dashboard of a file and print its id',
    delete: 'take the dashboard with that id away',
    pull: 'write the dashboards that are kept on the server into a folder, one file each',
    push: 'keep the dashboards of a folder on the server: make what is new, replace what differs',
    import: 'make a dashboard of the JSON that Grafana exports, and tell what is left out',
  },
  remote: true,
  flags: {
    id: { kind: 'value', value: 'ID', summary: 'with save: the dashboard to replace (default: a new one)' },
    save: { kind: 'switch', summary: 'with import: keep the dashboard and print its id, not its JSON' },
  },
  examples: [
    ['girok dashboards list', 'what there is'],
    ['girok dashboards get gpu > gpu.json', 'one as JSON, to be changed and saved under an id of its own'],
    ['girok dashboards save gpu.json', 'prints the new id'],
    ['girok dashboards pull ./dashboards', 'into files for version control …'],
    ['girok dashboards push ./dashboards', '… and back, to this or to another server'],
    ['girok dashboards import node.json --save', 'from Grafana'],
  ],
  async run(context) {
    const [action, word, ...more] = context.words
    const isAsked = (flag: string, of: string): void => {
      const given = context.flags.text(flag) !== undefined || context.flags.switch(flag) !== undefined
      if (given && action !== of) throw new UsageError(`--${flag} goes with girok dashboards ${of}`)
    }
    isAsked('id', 'save')
    isAsked('save', 'import')
    if (action === 'list') {
      if (word !== undefined) throw new UsageError('girok dashboards list takes no words')
      return list(context)
    }
    const wanted = action === undefined ? undefined : ACTIONS.get(action)
    if (wanted === undefined) throw new UsageError(`girok dashboards list, or one of ${[...ACTIONS.keys()].join(', ')}`)
    if (word === undefined || more.length > 0) {
      throw new UsageError(`girok dashboards ${action} takes one word: ${wanted.word}`)
    }
    return wanted.run(context, word)
  },
})

const ACTIONS: ReadonlyMap<string, { readonly word: string; readonly run: Action }> = new Map([
  ['get', { word: 'the id of a dashboard; list shows the ids', run: get }],
  ['save', { word: 'a file with the JSON of a dashboard', run: save }],
  ['delete', { word: 'the id of a dashboard; list shows the ids', run: remove }],
  ['pull', { word: 'a folder', run: pull }],
  ['push', { word: 'a folder', run: push }],
  ['import', { word: 'a file that Grafana has exported', run: importFile }],
])

async function list({ client, out, note }: CommandContext): Promise<number> {
  const { dashboards, faults } = await ask<DashboardsResponse>(client(), 'GET', PATH)
  const rows = dashboards.map(({ id, origin, panels, updatedAt, title }) => [
    id,
    origin,
    String(panels),
    updatedAt ?? '',
    title,
  ])
  const all = [['ID', 'ORIGIN', 'PANELS', 'CHANGED', 'TITLE'], ...rows]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  for (const row of all) {
    const line = row.map((cell, column) => safeText(cell).padEnd(widths[column] ?? 0)).join('  ')
    await out.write(`${line.trimEnd()}\n`)
  }
  for (const { file, message } of faults) note(`${file}: ${message}`)
  return EXIT.ok
}

async function get({ client, out }: CommandContext, id: string): Promise<number> {
  const { dashboard } = await ask<DashboardResponse>(client(), 'GET', pathOf(id))
  await out.write(`${JSON.stringify(dashboard, undefined, 2)}\n`)
  return EXIT.ok
}

async function save(context: CommandContext, file: string): Promise<number> {
  const { client, flags, io } = context
  const dashboard = await readJson(resolve(io.cwd, file))
  const id = flags.text('id')
  if (id === undefined) return saved(context, await ask(client(), 'POST', PATH, { dashboard }))
  const { version } = await ask<DashboardResponse>(client(), 'GET', pathOf(id))
  return saved(context, await ask(client(), 'PUT', pathOf(id), { dashboard, version }))
}

/** Only the id goes to stdout: ID=$(girok dashboards save …). */
async function saved({ out, note }: CommandContext, { id, warnings = [] }: DashboardResponse): Promise<number> {
  await out.write(`${id}\n`)
  for (const { what } of warnings) note(what)
  return EXIT.ok
}

async function remove({ client, note }: CommandContext, id: string): Promise<number> {
  await ask(client(), 'DELETE', pathOf(id))
  note(`dashboard ${id} is deleted`)
  return EXIT.ok
}

async function pull({ client, io, note }: CommandContext, word: string): Promise<number> {
  const folder = resolve(io.cwd, word)
  const { dashboards } = await ask<DashboardsResponse>(client(), 'GET', PATH)
  await mkdir(folder, { recursive: true })
  const known = await dashboardFiles(folder)
  const stored = dashboards.filter(({ origin }) => origin === 'stored')
  const counts = { new: 0, changed: 0, unchanged: 0 }
  for (const { id } of stored) {
    const { name, state } = await writeDashboard(folder, known, await ask(client(), 'GET', pathOf(id)))
    counts[state]++
    if (state !== 'unchanged') note(`${state}: ${name}`)
  }
  const ids = new Set(stored.map(({ id }) => id))
  for (const { name, id } of known) if (!ids.has(id)) note(`not on the server: ${name}`)
  note(`${stored.length} dashboards: ${counts.new} new, ${counts.changed} changed, ${counts.unchanged} unchanged`)
  return EXIT.ok
}

async function push({ client, io, note }: CommandContext, word: string): Promise<number> {
  const folder = resolve(io.cwd, word)
  const files = await dashboardFiles(folder)
  const counts = { new: 0, changed: 0, unchanged: 0 }
  let failed = 0
  for (const { name, id } of files) {
    try {
      const { state, warnings = [] } = await pushOne(client(), id, await readJson(join(folder, name)))
      counts[state]++
      if (state !== 'unchanged') note(`${state}: ${name}`)
      for (const { what } of warnings) note(`${name}: ${what}`)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      failed++
      note(`${name}: ${error.message}`)
    }
  }
  const refused = failed === 0 ? '' : `, ${failed} refused`
  note(
    `${files.length} dashboards: ${counts.new} new, ${counts.changed} changed, ${counts.unchanged} unchanged${refused}`,
  )
  return failed === 0 ? EXIT.ok : EXIT.failure
}

async function pushOne(
  client: Client,
  id: string,
  dashboard: unknown,
): Promise<{ readonly state: 'new' | 'changed' | 'unchanged'; readonly warnings?: DashboardResponse['warnings'] }> {
  if (typeof (dashboard as { schemaVersion?: unknown } | null)?.schemaVersion === 'number') {
    throw new Failure('is a dashboard of Grafana: girok dashboards import makes one of Girok of it')
  }
  const response = await client.send(pathOf(id))
  const old = response.status === 404 ? undefined : await answerOf<DashboardResponse>(client, response)
  if (old !== undefined && sameJson(old.dashboard, dashboard)) return { state: 'unchanged' }
  const kept = await ask<DashboardResponse>(client, 'PUT', pathOf(id), { dashboard, version: old?.version ?? 0 })
  const { warnings } = kept
  return { state: old === undefined ? 'new' : 'changed', ...(warnings !== undefined && { warnings }) }
}

async function importFile(context: CommandContext, file: string): Promise<number> {
  const { client, flags, io, out, note } = context
  const given = await readJson(resolve(io.cwd, file))
  const { dashboard, unsupported } = await ask<DashboardImportResponse>(client(), 'POST', `${PATH}/import`, given)
  for (const { where, what } of unsupported) note(`${where}: ${what}`)
  if (flags.switch('save')) return saved(context, await ask(client(), 'POST', PATH, { dashboard }))
  await out.write(`${JSON.stringify(dashboard, undefined, 2)}\n`)
  return EXIT.ok
}

function pathOf(id: string): string {
  return `${PATH}/${encodeURIComponent(id)}`
}
