/** One way to send logs. Programs and configuration are the same in every language of the page. */
export interface Snippet {
  readonly id: string
  /** Proper name of the tool. */
  readonly name: string
  /** Where the text goes, when it is not typed into a shell. */
  readonly file?: string
  readonly text: string
}

export interface SnippetSource {
  /** Address of the server with its base path, without a trailing slash. */
  readonly url: string
  /** True when the server takes no line without a token. */
  readonly token: boolean
}

// In the snippet it is text: the web app itself imports no such package.
const SDK = '@girok/sdk'

/** Snippets with the real address in them; those for a server with tokens read the token from GIROK_TOKEN. */
export function snippets({ url, token }: SnippetSource): readonly Snippet[] {
  const header = token ? ` \\\n  -H "Authorization: Bearer $GIROK_TOKEN"` : ''
  const flag = token ? ' --token "$GIROK_TOKEN"' : ''
  const bearerToken = token ? '\n    bearer_token: YOUR_TOKEN' : ''
  const alloyToken = token ? '\n    bearer_token = sys.env("GIROK_TOKEN")' : ''
  const nodeHeaders = token ? `\n    headers: { Authorization: \`Bearer \${process.env.GIROK_TOKEN}\` },` : ''
  const pythonToken = token ? `,\n            "Authorization": f"Bearer {os.environ['GIROK_TOKEN']}"` : ''
  return [
    {
      id: 'curl',
      name: 'curl',
      text: `curl -fsS '${url}/ingest?label=app=hello'${header} \\
  -H 'Content-Type: application/json' \\
  -d '{"level":"info","message":"Hello, Girok","user":"kim"}'`,
    },
    {
      id: 'girok',
      name: 'girok push',
      text: `my-app | girok push --url ${url}${flag} --label app=my-app

girok push --url ${url}${flag} --label app=nginx /var/log/nginx/access.log`,
    },
    {
      id: 'loki',
      name: 'Loki push',
      text: `curl -fsS '${url}/loki/api/v1/push'${header} \\
  -H 'Content-Type: application/json' \\
  -d '{"streams":[{"stream":{"app":"hello"},"values":[["'$(date +%s)'000000000","level=info msg=hello"]]}]}'`,
    },
    {
      id: 'promtail',
      name: 'Promtail',
      file: 'promtail.yaml',
      text: `positions:
  filename: /tmp/positions.yaml
clients:
  - url: ${url}/loki/api/v1/push${bearerToken}
scrape_configs:
  - job_name: files
    static_configs:
      - targets: [localhost]
        labels:
          app: my-app
          __path__: /var/log/*.log`,
    },
    {
      id: 'alloy',
      name: 'Grafana Alloy',
      file: 'config.alloy',
      text: `local.file_match "files" {
  path_targets = [{ __path__ = "/var/log/*.log", app = "my-app" }]
}
loki.source.file "files" {
  targets    = local.file_match.files.targets
  forward_to = [loki.write.girok.receiver]
}
loki.write "girok" {
  endpoint {
    url = "${url}/loki/api/v1/push"${alloyToken}
  }
}`,
    },
    {
      id: 'sdk',
      name: '@girok/sdk',
      file: 'logger.js',
      text: `// npm install @girok/sdk
import { getLogger, root } from '${SDK}'
import { girokHandler } from '${SDK}/handlers'

root.setLevel('INFO').addHandler(girokHandler({
  url: '${url}',
  labels: { app: 'my-app' },${token ? '\n  token: process.env.GIROK_TOKEN,' : ''}
}))

export const log = getLogger('my-app')
log.info('Hello, Girok', { user: 'kim' })`,
    },
    {
      id: 'pino',
      name: 'pino',
      file: 'logger.js',
      text: `// npm install pino pino-loki
import pino from 'pino'

export const log = pino({
  transport: {
    target: 'pino-loki',
    options: { host: '${url}', labels: { app: 'my-app' }${token ? ', headers: { Authorization: `Bearer ${process.env.GIROK_TOKEN}` }' : ''} },
  },
})
log.info({ user: 'kim' }, 'Hello, Girok')`,
    },
    {
      id: 'winston',
      name: 'winston',
      file: 'logger.js',
      text: `// npm install winston winston-loki
import winston from 'winston'
import LokiTransport from 'winston-loki'

export const log = winston.createLogger({
  transports: [new LokiTransport({
    host: '${url}',
    labels: { app: 'my-app' },
    json: true,${nodeHeaders}
  })],
})
log.info('Hello, Girok')`,
    },
    {
      id: 'python',
      name: 'Python logging',
      file: 'girok_handler.py',
      text: `import json, logging, os, time, urllib.request

class GirokHandler(logging.Handler):
    def emit(self, record):
        body = json.dumps({
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
                    + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "stack": record.exc_info and logging.Formatter().formatException(record.exc_info),
        }).encode()
        request = urllib.request.Request("${url}/ingest?label=app=my-app", body, {
            "Content-Type": "application/json"${pythonToken}
        })
        try:
            urllib.request.urlopen(request, timeout=5).close()
        except OSError:
            self.handleError(record)

logging.basicConfig(level=logging.INFO, handlers=[GirokHandler()])
logging.info("Hello, Girok")`,
    },
  ]
}
