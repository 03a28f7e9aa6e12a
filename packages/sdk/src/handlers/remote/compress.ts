import { builtin } from './builtin.ts'

const zlib = builtin('node:zlib')

/** gzip by the platform, off the main thread in Node; undefined where there is none. */
export function gzip(text: string): Promise<Uint8Array<ArrayBuffer>> | undefined {
  if (zlib !== undefined) {
    return new Promise((resolve, reject) => {
      // Level 1 makes logs 7 % larger than the default does, in a third of the time.
      zlib.gzip(text, { level: 1 }, (error, bytes) => (error === null ? resolve(bytes) : reject(error)))
    })
  }
  if (typeof globalThis.CompressionStream !== 'function') return undefined
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))
  return new Response(stream).arrayBuffer().then((buffer) => new Uint8Array(buffer))
}
