// The scenarios as a user of @girok/sdk writes them. Each gives the work of one run; `logs` is how many records it makes.
import { pathToFileURL } from 'node:url'
import * as data from './records.mjs'

const LAST = data.COUNT - 1

export async function sdkScenarios(dist, sink) {
  const load = (file) => import(pathToFileURL(`${dist}/${file}`).href)
  const { createHierarchy, withContext } = await load('index.js')
  const { jsonFormatter } = await load('formatters/index.js')
  const formatter = jsonFormatter()
  const { root, getLogger } = createHierarchy()
  root.setLevel('INFO').addHandler({
    name: 'sink',
    level: 0,
    handle: (record) => void sink.write(`${formatter.format(record)}\n`),
  })
  const log = getLogger('app.api')
  const { messages, requests, steps, contexts } = data

  return {
    a: () => ({ run: (i) => log.debug('not shown', steps[i & LAST]) }),
    b: () => ({ run: (i) => log.info(messages[i & LAST]) }),
    c: () => ({ run: (i) => log.info(messages[i & LAST], requests[i & LAST]) }),
    d() {
      const child = log.with(data.bound[0])
      let from = 0
      const work = () => {
        for (let j = 0; j < 8; j++) child.info('step done', steps[(from + j) & LAST])
      }
      return {
        logs: 8,
        run(i) {
          from = i * 8
          withContext(contexts[i & LAST], work)
        },
      }
    },
    d2() {
      let at = 0
      const work = () => {
        const child = log.with(data.bound[at & LAST])
        for (let j = 0; j < 8; j++) child.info('step done', steps[(at * 8 + j) & LAST])
      }
      return {
        logs: 8,
        run(i) {
          at = i
          withContext(contexts[i & LAST], work)
        },
      }
    },
    async e() {
      const { redact } = await load('processors/index.js')
      log.setProcessors([redact({ paths: data.REDACTED, mask: data.MASK })])
      return { run: (i) => log.info(messages[i & LAST], data.secrets[i & LAST]) }
    },
    f: () => ({ run: (i) => log.error('failed', data.faults[i & LAST]) }),
    p: () => ({ run: (i) => log.info(messages[i & LAST], data.mixed[i & LAST]) }),
  }
}
