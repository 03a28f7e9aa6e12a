/** Whether JSON is a dashboard of ours, as this app exports it, rather than one of Grafana. */
export function isOurs(given: unknown): boolean {
  if (typeof given !== 'object' || given === null) return false
  const { variables, panels, schemaVersion, templating } = given as Readonly<Record<string, unknown>>
  return Array.isArray(variables) && Array.isArray(panels) && schemaVersion === undefined && templating === undefined
}

/** The file of a dashboard is at most so long; what is longer is none. */
export const mostBytes = 8 * 2 ** 20
