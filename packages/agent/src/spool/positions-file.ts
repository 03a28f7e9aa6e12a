import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SourcePosition } from '../model/source.ts'
import { checkedJson, readCheckedJson, writeDurably } from './durable-file.ts'

/** Two with the same content: a disk seldom damages both. */
const NAMES = ['positions.json', 'positions.copy.json']

/** Where all sources stood once the record `sequence` was kept. */
export interface Snapshot {
  /** In hexadecimal digits; whose positions they are. */
  readonly id: string
  readonly sequence: number
  readonly positions: readonly SourcePosition[]
}

export async function writeSnapshot(folder: string, snapshot: Snapshot, fsync: boolean): Promise<void> {
  const content = checkedJson(snapshot)
  for (const name of NAMES) await writeDurably(folder, name, content, fsync)
}

/** The newest snapshot that can be verified, and the names of those that are there and cannot. */
export function readSnapshot(folder: string): { readonly snapshot: Snapshot | undefined; readonly bad: string[] } {
  let snapshot: Snapshot | undefined
  const bad: string[] = []
  for (const name of NAMES) {
    let content: string
    try {
      content = readFileSync(join(folder, name), 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') bad.push(name)
      continue
    }
    const found = readCheckedJson(content) as Snapshot | undefined
    if (found === undefined) bad.push(name)
    else if (snapshot === undefined || found.sequence > snapshot.sequence) snapshot = found
  }
  return { snapshot, bad }
}
