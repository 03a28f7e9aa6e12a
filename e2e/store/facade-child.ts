import { openFacade } from '../../packages/server/src/store/testing/facade.ts'

// A ClickHouse server for the tests of whole servers: a process of its own, for it holds an engine too.
const [path = '', username = 'girok', password = ''] = process.argv.slice(2)
const facade = await openFacade({ path, username, password })

process.on('message', (order: unknown) => {
  if (order === 'down' || order === 'up') facade.setDown(order === 'down')
  if (order === 'statements') process.send?.({ statements: facade.statements.length })
})
process.on('disconnect', () => {
  void facade.close().then(() => process.exit(0))
})
process.send?.({ url: facade.url })
