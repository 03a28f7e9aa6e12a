import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { temporaryFolder } from './fixture.ts'

/** Compiles a program, in which SRC stands for the library. What it gives runs it by node and gives what it prints. */
export function compiled(program: string): () => string {
  const root = resolve(import.meta.dirname, '../../../../..')
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'src'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  const src = relative(join(folder, 'src'), join(root, 'packages/sdk/src'))
  writeFileSync(join(folder, 'src/program.ts'), program.replaceAll('SRC', src))
  const compilerOptions = {
    target: 'ES2023',
    module: 'NodeNext',
    strict: true,
    skipLibCheck: true,
    noEmitOnError: true,
    allowImportingTsExtensions: true,
    rewriteRelativeImportExtensions: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
    rootDir: '/',
    outDir: join(folder, 'out'),
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }))
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stdout)
  writeFileSync(join(folder, 'out/package.json'), '{"type":"module"}')
  const output = join(folder, 'out', dirname(join(folder, 'src/program.ts')), 'program.js')
  return () => execFileSync(process.execPath, [output], { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } })
}
