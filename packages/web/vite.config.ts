import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { defaultClientConditions, defineConfig, type Plugin } from 'vite'

const outDir = fileURLToPath(new URL('../server/web', import.meta.url))

/** Writes .br and .gz beside each text asset, so that the server never compresses at run time. */
function precompress(): Plugin {
  let dir = ''
  return {
    name: 'girok-precompress',
    apply: 'build',
    configResolved(config) {
      dir = config.build.outDir
    },
    closeBundle() {
      for (const name of readdirSync(dir, { recursive: true }) as string[]) {
        const path = join(dir, name)
        if (!/\.(js|css|svg)$/.test(name) || statSync(path).size < 512) continue
        const bytes = readFileSync(path)
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }))
        writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }))
      }
    },
  }
}

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // Relative URLs: the same files work at / and under any server.basePath.
  base: './',
  resolve: { conditions: ['girok-source', ...defaultClientConditions] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir,
    emptyOutDir: true,
    target: 'es2022',
    // One style sheet: pages never flash unstyled, and the content security policy allows no inline styles.
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // One chunk for the shell: eight small ones would weigh a tenth more and take as many requests. A few lines that
        // pages share go with it: as chunks of their own they would weigh thrice as much.
        codeSplitting: {
          groups: [
            {
              name: 'core',
              test: /node_modules\/@?preact|src\/(shell\/(?!key-sheet|palette|token-prompt)|api\/(?!views|prometheus|alert|dashboards)|components\/(icon|button|small-button|popover|toast|copy|search-field)|time\/words|pages\/logs\/\w+\/(library|export)-state)/,
            },
            // What every page that explores needs at once; its forms and editors come later.
            {
              name: 'exploring',
              test: /src\/(level|components\/splitter|time\/(zone|range|ticks)|explore\/(?!editor|time-form|range-fields|history|base-range))/,
            },
            {
              name: 'lines',
              test: /src\/pages\/logs\/(model|toolbar\/time-control|panel\/(tab-state|field-row|json-fields)|rows\/(visible-text|bad-range|row-keys|line-reading))/,
            },
          ],
        },
      },
    },
    reportCompressedSize: false,
  },
  plugins: [precompress()],
})
