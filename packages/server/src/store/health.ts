/** How the store is, for health checks and the status. */
export interface StoreHealth {
  readonly state: 'ready' | 'stopping' | 'disk_full' | 'failed'
  readonly detail?: string
}
