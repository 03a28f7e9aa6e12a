import type { Source, SourcesResponse } from '@girok/server/contract'

const nothing: Source['counts'] = {
  received: 0,
  bytes: 0,
  stored: 0,
  duplicate: 0,
  inFlight: 0,
  rejected: [],
  dropped: [],
  undecodable: [],
}

function source(name: string, summary: string, more: Partial<Source> = {}): Source {
  return {
    name,
    summary,
    enabled: true,
    routes: [],
    listeners: [],
    pulls: [],
    example: `curl -fsS "http://127.0.0.1:4100/${name}" -d 'hello'`,
    snippets: [],
    counts: nothing,
    recordsPerSecond: 0,
    rejections: [],
    ...more,
  }
}

/** One source in each state that the page can tell. */
export function mockSources(): SourcesResponse {
  const now = Date.now()
  return {
    tokensRequired: false,
    sources: [
      source('elasticsearch', "Elasticsearch's _bulk: Beats, Logstash, Fluent Bit, Vector and the official clients", {
        routes: ['GET, HEAD /', 'POST, PUT /_bulk', 'POST, PUT /:index/_bulk'],
        snippets: [
          {
            title: 'Filebeat',
            language: 'yaml',
            text: 'output.elasticsearch:\n  hosts: ["http://127.0.0.1:4100"]\nsetup.template.enabled: false\nsetup.ilm.enabled: false',
          },
          {
            title: 'Vector',
            language: 'toml',
            text: '[sinks.girok]\ntype = "elasticsearch"\nendpoints = ["http://127.0.0.1:4100"]',
          },
        ],
        counts: {
          ...nothing,
          received: 1_204_311,
          bytes: 412_774_111,
          stored: 1_204_100,
          rejected: [
            { reason: 'line_too_long', count: 140 },
            { reason: 'rate_limited', count: 11 },
          ],
          duplicate: 40,
          inFlight: 20,
        },
        recordsPerSecond: 431.2,
        lastReceivedMs: now - 300,
        rejections: [
          {
            atMs: now - 12_000,
            status: 400,
            reason: 'record 3: <b>line</b> of 400 KB is longer than limits.maxLineSize (256KB)',
          },
        ],
      }),
      source('gelf', 'GELF over HTTP, TCP and UDP: Docker, Graylog clients', {
        routes: ['POST /gelf'],
        listeners: [
          { name: 'tcp', key: 'receivers.gelf.tcp.port', usualPort: 12_201 },
          { name: 'udp', key: 'receivers.gelf.udp.port', usualPort: 12_201, address: 'udp://127.0.0.1:12201' },
        ],
      }),
      source('otlp', 'OpenTelemetry logs and metrics (OTLP): SDKs, collector, Alloy', { routes: ['POST /v1/logs'] }),
      source('redis', 'Redis streams and lists', {
        pulls: [
          {
            name: 'stream',
            address: 'redis://127.0.0.1:6379/log_stream',
            connected: false,
            error: 'connect ECONNREFUSED 127.0.0.1:6379',
          },
        ],
      }),
      source('remote-write', "Prometheus' remote write 1.0 and 2.0", { enabled: false }),
      source('statsd', 'StatsD and DogStatsD over UDP', {
        listeners: [{ name: 'udp', key: 'receivers.statsd.udp.port', usualPort: 8125 }],
      }),
      source('syslog', 'Syslog RFC 5424 and RFC 3164 over UDP, TCP and TLS', {
        listeners: [
          {
            name: 'tcp',
            key: 'receivers.syslog.tcp.port',
            usualPort: 514,
            address: 'tcp://127.0.0.1:5514',
            connections: 3,
          },
          { name: 'udp', key: 'receivers.syslog.udp.port', usualPort: 514, address: 'udp://127.0.0.1:5514' },
        ],
        counts: {
          ...nothing,
          received: 812,
          bytes: 90_112,
          stored: 807,
          dropped: [{ reason: 'queue_full', count: 2 }],
        },
        lastReceivedMs: now - 7 * 60_000,
      }),
    ],
  }
}
