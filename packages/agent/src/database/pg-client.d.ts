/** The client of `pg` without its pool of connections, which the agent has no use for. */
declare module 'pg/lib/client.js' {
  export { Client as default } from 'pg'
}
