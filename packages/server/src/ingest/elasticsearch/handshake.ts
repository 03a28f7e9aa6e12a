import { headerOf } from '../headers.ts'
import type { Method, ReceiverRequest, ReceiverRoute } from '../receiver.ts'
import { answer } from './answer.ts'

/** Told to clients that do not say which version they are made for. */
const USUAL_VERSION = '8.17.0'
/** Names of programs whose own version is the one of the cluster that they expect, or that refuse an older one. */
const CLIENT = /(?:beat|logstash|elastic-agent|elasticsearch[\w-]*|elastic-[a-z]+)\/(\d{1,2}\.\d{1,3}\.\d{1,3})/i
const OLDEST = 6

type Body = object | string | ((request: ReceiverRequest) => object | string)

const ACKNOWLEDGED = { acknowledged: true }
const NO_SHARDS = { _shards: { total: 0, successful: 0, failed: 0 } }
const READ: readonly Method[] = ['GET', 'HEAD']

/**
 * What senders ask before they send, and what they are told so that they do: that this is Elasticsearch of a version they
 * can talk to, licensed, healthy, and that whatever they want to set up (templates, policies, pipelines, aliases) is
 * there already. Nothing of it has an effect.
 */
const ANSWERS: readonly (readonly [methods: readonly Method[], path: string, body: Body])[] = [
  [READ, '/', clusterInfo],
  [READ, '/_license', license],
  [READ, '/_xpack', () => ({ ...license(), features: xpackFeatures() })],
  [READ, '/_xpack/license', license],
  [READ, '/_cluster/health', clusterHealth],
  [READ, '/_cluster/health/*', clusterHealth],
  [READ, '/_nodes', nodes],
  [READ, '/_nodes/*', nodes],
  [READ, '/_cat/*', ({ query }) => (query.get('format') === 'json' ? [] : '')],
  [READ, '/_ilm/policy/*', {}],
  [READ, '/_index_template/*', {}],
  [READ, '/_component_template/*', {}],
  [READ, '/_template/*', {}],
  [READ, '/_ingest/pipeline/*', {}],
  [READ, '/_alias/*', {}],
  [READ, '/_data_stream/*', ({ path }) => ({ data_streams: [{ name: path['*'] ?? '', status: 'GREEN' }] })],
  [READ, '/_logstash/*', {}],
  [['PUT', 'POST'], '/_ilm/policy/*', ACKNOWLEDGED],
  [['PUT', 'POST'], '/_index_template/*', ACKNOWLEDGED],
  [['PUT', 'POST'], '/_component_template/*', ACKNOWLEDGED],
  [['PUT', 'POST'], '/_template/*', ACKNOWLEDGED],
  [['PUT', 'POST'], '/_ingest/pipeline/*', ACKNOWLEDGED],
  [['PUT', 'POST'], '/_data_stream/*', ACKNOWLEDGED],
  [['PUT', 'POST'], '/_logstash/*', {}],
  [['GET', 'POST'], '/_refresh', NO_SHARDS],
  [['GET', 'POST'], '/:index/_refresh', NO_SHARDS],
  [['GET', 'POST'], '/_flush', NO_SHARDS],
  [['GET', 'POST'], '/:index/_flush', NO_SHARDS],
  [['HEAD'], '/:index', ''],
  [['PUT'], '/:index', ({ path }) => ({ ...ACKNOWLEDGED, shards_acknowledged: true, index: path.index ?? '' })],
]

/** The routes of the handshake below a prefix. Browsers get what they asked for: the web app. */
export function handshakeRoutes(prefix: string, refuse: NonNullable<ReceiverRoute['refuse']>): ReceiverRoute[] {
  const answers = prefix === '' ? ANSWERS : [...ANSWERS, [READ, '', clusterInfo] as const]
  return answers.map(([method, path, body]) => ({
    method,
    path: `${prefix}${path}`,
    access: 'open',
    applies: ({ headers }) => !headerOf({ headers }, 'accept').includes('text/html'),
    refuse,
    handle: (request) => {
      const told = typeof body === 'function' ? body(request) : body
      if (told !== '') return answer(request, 200, JSON.stringify(told))
      return { ...answer(request, 200, '""'), body: '' }
    },
  }))
}

function clusterInfo({ headers }: ReceiverRequest): object {
  const number = versionFor(headerOf({ headers }, 'user-agent'))
  return {
    name: 'girok',
    cluster_name: 'girok',
    cluster_uuid: 'Z2lyb2stZ2lyb2stZ2lyb2',
    version: {
      number,
      build_flavor: 'default',
      build_type: 'tar',
      build_hash: '0000000000000000000000000000000000000000',
      build_date: '2025-01-01T00:00:00.000Z',
      build_snapshot: false,
      lucene_version: '9.12.0',
      minimum_wire_compatibility_version: '7.17.0',
      minimum_index_compatibility_version: '7.0.0',
    },
    tagline: 'You Know, for Search',
  }
}

/** The version to claim: the client's own, because several refuse a cluster that is older than they. */
function versionFor(userAgent: string): string {
  const version = CLIENT.exec(userAgent)?.[1]
  return version !== undefined && Number.parseInt(version, 10) >= OLDEST ? version : USUAL_VERSION
}

function license() {
  const uid = '00000000-0000-4000-8000-000000000000'
  return { license: { status: 'active', uid, type: 'basic', mode: 'basic', issued_to: 'girok', issuer: 'girok' } }
}

function xpackFeatures(): object {
  const on = { available: true, enabled: true }
  const off = { available: false, enabled: false }
  return { ilm: on, data_streams: on, logstash: on, monitoring: off, security: off }
}

function clusterHealth(): object {
  return {
    cluster_name: 'girok',
    status: 'green',
    timed_out: false,
    number_of_nodes: 1,
    number_of_data_nodes: 1,
    active_primary_shards: 1,
    active_shards: 1,
    relocating_shards: 0,
    initializing_shards: 0,
    unassigned_shards: 0,
    active_shards_percent_as_number: 100,
  }
}

/** One node, where the client is already: those that sniff send to what stands here. */
function nodes({ headers }: ReceiverRequest): object {
  const address = headerOf({ headers }, 'host')
  const version = versionFor(headerOf({ headers }, 'user-agent'))
  const node = { name: 'girok', version, roles: ['data', 'ingest', 'master'], http: { publish_address: address } }
  return { _nodes: { total: 1, successful: 1, failed: 0 }, cluster_name: 'girok', nodes: { girok: node } }
}
