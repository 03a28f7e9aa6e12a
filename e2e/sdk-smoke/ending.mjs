/** Logs 1000 records, without ever flushing, and ends as it is told: FILE WAY [URL of a Girok server]. */
import { root } from '@girok/sdk'
import { fileHandler, girokHandler } from '@girok/sdk/handlers'

const [file, way, url] = process.argv.slice(2)
root.setLevel('INFO').addHandler(url ? girokHandler({ url }) : fileHandler({ path: file, flushIntervalMs: 60_000 }))
for (let n = 0; n < 1000; n++) root.info('m', { n })
if (way === 'exit') process.exit(0)
if (way === 'throw') throw new Error('on purpose')
if (way === 'reject') Promise.reject(new Error('on purpose'))
if (way === 'SIGTERM') {
  console.log('logged')
  setInterval(() => {}, 1000)
}
