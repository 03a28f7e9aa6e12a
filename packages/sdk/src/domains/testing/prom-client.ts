import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

// The tests run under the condition `module`, under which Node cannot load @opentelemetry/api, of which prom-client reads
// trace ids: its build for require is put where prom-client looks for it.
const wanted = require.resolve('@opentelemetry/api')
const loadable = wanted.replace(/build\/\w+\/index\.js$/, 'build/src/index.js')
require(loadable)
require.cache[wanted] = require.cache[loadable]

/** The installed prom-client. */
export const client: typeof import('prom-client') = require('prom-client')
