import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import type { SampleSource } from '@girok/server'
import { defineCommand } from '../command.ts'
import { EXIT, UsageError } from '../failure.ts'
import type { Io } from '../io.ts'
import { CONFIG_FLAGS, loadFromFlags } from '../server-config.ts'

export const serve = defineCommand({
  name: 'serve',
  summary: 'Start the server.',
  flags: {
    ...CONFIG_FLAGS,
    port: { kind: 'value', value: 'PORT', summary: 'port to listen on; 0 takes any free one (default 4100)' },
    host: { kind: 'value', value: 'HOST', summary: 'address to listen on (default 127.0.0.1)' },
    'prometheus-config': {
      kind: 'value',
      value: 'FILE',
      summary: 'scrape the targets of this prometheus.yml',
    },
    sample: { kind: 'switch', summary: 'write sample workloads (default; --no-sample does not)' },
    open: { kind: 'switch', summary: 'open a browser, when started from a terminal' },
  },
  examples: [
    ['girok serve', 'on http://127.0.0.1:4100, data in ./data'],
    ['girok serve --port 4200 --data /var/lib/girok --no-sample', 'elsewhere, and without samples'],
    ['girok serve --prometheus-config prometheus.yml', 'scrapes metrics of the targets that it names'],
    ['girok serve --config girok.yaml --set retention.maxAge=7d', 'by a file; --set takes any key'],
  ],
  async run({ io, flags, words, out }) {
    if (words.length > 0) throw new UsageError(`girok serve takes no words, but got ${words.join(' ')}`)
    const config = await loadFromFlags(flags, io)
    // The embedded engine takes bytes that wait on standard input for rows of an insert.
    io.giveUpStdin()
    const { createGirok, VERSION } = await import('@girok/server')
    const file = config.prometheus.configFile
    const girok = createGirok(config, {
      sampleSource: file === undefined ? undefined : await scrapeSource(resolve(io.cwd, file), io, VERSION),
    })
    const { url, listening } = await girok.start()
    try {
      for (const address of listening) await out.write(`Listening for ${address}\n`)
      await out.write(`Girok is ready at ${url}\n`)
      if (flags.switch('open') && io.terminal.stdout) openBrowser(url)
      if (!io.interrupted.aborted) await once(io.interrupted, 'abort')
    } finally {
      await girok.stop()
    }
    return EXIT.ok
  },
})

/** The scraper belongs to the agent; the server is given it, because neither knows the other. */
async function scrapeSource(file: string, io: Io, version: string): Promise<SampleSource> {
  const { createScrapeSource } = await import('@girok/agent/scrape')
  return createScrapeSource({ file, env: io.env, userAgent: `Girok/${version}` })
}

/** Best effort: the URL was printed, a missing browser is nobody's fault. */
function openBrowser(url: string): void {
  const [program, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', url]
        : ['xdg-open', url]
  const child = spawn(program ?? '', args, { detached: true, stdio: 'ignore' })
  child.on('error', () => undefined)
  child.unref()
}
