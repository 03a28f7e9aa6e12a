/** What an action of a bulk request asks for. */
export type BulkAction = 'index' | 'create' | 'update' | 'delete'

/** Why an item was not stored, in Elasticsearch's words. */
export interface ItemError {
  readonly status: number
  readonly type: string
  readonly reason: string
}

/** The actions of a request in order, each with what became of it. */
export class BulkItems {
  readonly actions: BulkAction[] = []
  readonly indices: string[] = []
  /** Ids as JSON strings; undefined: the sender gave none. */
  readonly ids: (string | undefined)[] = []
  /** By position; an item without error is stored once the batch is. */
  readonly errors = new Map<number, ItemError>()
  /** Every action is a `create` with an id, so that the sender means each document to be stored once. */
  onlyOnce = true

  get length(): number {
    return this.actions.length
  }

  add(action: BulkAction, index: string, id: string | undefined): void {
    this.actions.push(action)
    this.indices.push(index)
    this.ids.push(id)
    if (id === undefined || action !== 'create') this.onlyOnce = false
  }

  /** The item that was added last is not stored. */
  refuse(error: ItemError): void {
    this.errors.set(this.actions.length - 1, error)
  }
}
