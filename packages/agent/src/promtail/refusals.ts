/** Keys of a scrape configuration for sources that the agent does not read, and what to use instead. */
export const REFUSED_SOURCES: ReadonlyMap<string, string> = new Map([
  [
    'docker_sd_configs',
    'containers are not looked up: read their files by __path__: /var/lib/docker/containers/*/*-json.log with the stage docker',
  ],
  [
    'kubernetes_sd_configs',
    'pods are not looked up: read their files by __path__: /var/log/pods/*/*/*.log with the stage cri',
  ],
  [
    'syslog',
    "the agent receives nothing over the network: send syslog to the server's receiver of the name (receivers.syslog)",
  ],
  [
    'gelf',
    "the agent receives nothing over the network: send GELF to the server's receiver of the name (receivers.gelf)",
  ],
  ['loki_push_api', 'the agent receives nothing over the network: let clients push to the server itself'],
  ['heroku_drain', 'the agent receives nothing over the network: drain to a receiver of the server'],
  ['kafka', 'Kafka is not read: let a consumer push to /loki/api/v1/push of the server'],
  ['gcplog', 'Google Cloud Logging is not read: let its sink push to a receiver of the server'],
  ['azure_event_hubs', 'Azure Event Hubs are not read: let a forwarder push to /loki/api/v1/push of the server'],
  ['cloudflare', 'Cloudflare is not read: let Logpush send to a receiver of the server'],
  ['windows_events', 'the Windows event log is not read'],
  ['consul_sd_configs', 'Consul is not asked: write targets to a file that file_sd_configs names'],
  ['consulagent_sd_configs', 'Consul is not asked: write targets to a file that file_sd_configs names'],
])

/** What to use instead of any other discovery. */
export const OTHER_DISCOVERY = 'this discovery is not supported: write targets to a file that file_sd_configs names'
