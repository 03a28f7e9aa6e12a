import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { ROOT } from '../server.ts'

/** A program with all that it imports as one module for browsers. Rejects when it becomes several. */
export async function bundle(program: string): Promise<string> {
  const built = await rolldown({
    input: 'program',
    cwd: ROOT,
    platform: 'browser',
    // It tells of node: imports of handlers that the program does not use.
    logLevel: 'silent',
    plugins: [
      {
        name: 'program',
        resolveId: (id) => (id === 'program' ? join(ROOT, 'program.js') : null),
        load: (id) => (id === join(ROOT, 'program.js') ? program : null),
      },
    ],
  })
  const { output } = await built.generate({ format: 'esm' })
  if (output.length !== 1) throw new Error(`the program became ${output.length} modules`)
  return output[0].code
}
