// The smallest program that logs: a level, a logger, a handler, a formatter. Run it: npm run example first-log
import { consoleHandler, getLogger, root, textFormatter } from '@girok/sdk'

root.setLevel('DEBUG')
root.addHandler(consoleHandler({ formatter: textFormatter('%(asctime)s - %(name)s - %(levelname)s - %(message)s') }))

const log = getLogger('app.first_log')
log.debug('detail for development')
log.info('work as expected', { orders: 3 })
log.warning('unexpected, but work goes on', { disk_percent: 91 })
log.error('a function could not do its work', new Error('connection refused'))
log.critical('the program cannot go on')
