// Serves the built app over generated logs, for looking at it: node testing/serve.mjs [port] [--empty]
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const { module } = await runnerImport(fileURLToPath(new URL('./mock-server.ts', import.meta.url)))
const port = Number(process.argv[2] ?? 4199)
const server = await module.startMockServer({
  webDir: fileURLToPath(new URL('../../server/web', import.meta.url)),
  port,
  empty: process.argv.includes('--empty'),
})
console.log(server.url)
