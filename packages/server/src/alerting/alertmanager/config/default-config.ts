/**
 * The configuration that is in force when nobody wrote any. Its contact point tells nobody; one called `default` that is
 * made in the web app takes its place, so that a first one is used without further ado.
 */
export const DEFAULT_CONFIG = `# Everything goes to the contact point "default", one notification for each alertname.
route:
  receiver: default
  group_by: [alertname]
receivers:
  - name: default
`
