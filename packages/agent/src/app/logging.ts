import { consoleHandler, createHierarchy, type Hierarchy, type LevelName, textFormatter } from '@girok/sdk'
import { jsonFormatter } from '@girok/sdk/formatters'

/** The agent's own log, on standard error. */
export function createAgentLogging(log: { readonly level: string; readonly format: string }): Hierarchy {
  const hierarchy = createHierarchy()
  const asText = log.format === 'text' || (log.format === 'auto' && process.stderr.isTTY === true)
  hierarchy.root.setLevel(log.level as LevelName)
  hierarchy.root.addHandler(consoleHandler({ formatter: asText ? textFormatter() : jsonFormatter() }))
  return hierarchy
}
