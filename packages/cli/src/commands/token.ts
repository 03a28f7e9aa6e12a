import type { Config } from '@girok/server'
import { type CommandContext, defineCommand } from '../command.ts'
import { EXIT, Failure, UsageError } from '../failure.ts'
import { CONFIG_FLAGS, loadFromFlags } from '../server-config.ts'

export const token = defineCommand({
  name: 'token',
  summary: 'Manage the access tokens in a data directory; a running server follows at once.',
  words: '[ID]',
  actions: {
    create: 'make a token and print it, this one time',
    list: 'ids, tenants, scopes, names and dates of all tokens',
    revoke: 'take the token with that id away',
  },
  flags: {
    ...CONFIG_FLAGS,
    tenant: { kind: 'value', value: 'NAME', summary: 'tenant that the token is bound to (default tenancy.default)' },
    scope: {
      kind: 'list',
      value: 'SCOPE',
      summary: 'ingest, query, admin; with commas or several times (default all)',
    },
    name: { kind: 'value', value: 'TEXT', summary: 'what it is for' },
  },
  examples: [
    ['girok token create --data ./data --scope ingest --name "web servers"', 'may only write'],
    ['girok token list --data ./data', 'what there is'],
    ['girok token revoke 1f2e3d4c --data ./data', 'that one no more'],
  ],
  async run(context) {
    const { flags, io, words } = context
    const [action, id, ...more] = words
    const config = await loadFromFlags(flags, io)
    if (action === 'create' && id === undefined) return create(context, config)
    if (action === 'list' && id === undefined) return list(context, config)
    if (action === 'revoke' && id !== undefined && more.length === 0) return revoke(context, config, id)
    throw new UsageError(
      action === 'revoke'
        ? 'which one? girok token revoke ID; list shows the ids'
        : `girok token ${action} takes no words`,
    )
  },
})

async function create({ flags, out, note }: CommandContext, config: Config): Promise<number> {
  const { createToken } = await import('@girok/server')
  const given = flags.all('scope').flatMap((text) => text.split(','))
  const name = flags.text('name')
  const { token, info } = createToken(config.dataDir, {
    tenant: flags.text('tenant') ?? config.tenancy.default,
    scopes: given.length > 0 ? given.map((scope) => scope.trim()) : ['ingest', 'query', 'admin'],
    ...(name === undefined ? {} : { name }),
  })
  // Only the token goes to stdout: TOKEN=$(girok token create).
  await out.write(`${token}\n`)
  note(`token ${info.id} for tenant ${info.tenant}, ${info.scopes.join(', ')}; it is not shown again`)
  note('from now on this server wants a token for every read and write')
  return EXIT.ok
}

async function list({ out }: CommandContext, config: Config): Promise<number> {
  const { listTokens } = await import('@girok/server')
  const rows = listTokens(config.dataDir).map(({ id, tenant, scopes, createdAt, name }) => [
    id,
    tenant,
    scopes.join(','),
    createdAt,
    name,
  ])
  const all = [['ID', 'TENANT', 'SCOPES', 'CREATED', 'NAME'], ...rows]
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  for (const row of all) {
    await out.write(
      `${row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    )
  }
  return EXIT.ok
}

async function revoke({ note }: CommandContext, config: Config, id: string): Promise<number> {
  const { revokeToken } = await import('@girok/server')
  if (!revokeToken(config.dataDir, id)) throw new Failure(`there is no token ${id} in ${config.dataDir}`)
  note(`token ${id} is revoked`)
  return EXIT.ok
}
