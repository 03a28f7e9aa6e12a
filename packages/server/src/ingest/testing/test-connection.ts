import type { Connection, ConnectionHandler } from '../listen/listener.ts'

/** The client's end of a connection to a stream listener, without a network in between. */
export class TestConnection {
  /** What the server wrote. */
  written: Buffer = Buffer.alloc(0)
  /** Whether the server closed. */
  closed = false
  readonly handler: ConnectionHandler

  constructor(open: (connection: Connection) => ConnectionHandler) {
    this.handler = open({
      tenant: 't',
      remoteAddress: '192.0.2.1',
      write: async (bytes) => {
        this.written = Buffer.concat([this.written, Buffer.from(bytes)])
      },
      close: () => {
        this.closed = true
      },
    })
  }

  /** Resolves when the server would read on; rejects with what closes the connection. */
  async send(bytes: Buffer): Promise<void> {
    await this.handler.data(Buffer.from(bytes))
  }

  /** Ends the connection as a client does that has said everything. */
  async end(): Promise<void> {
    await this.handler.end?.()
    this.handler.closed?.()
  }
}
