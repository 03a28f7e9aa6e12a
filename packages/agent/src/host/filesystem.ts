import type { StatsFs } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { family, type Readings } from '../model/readings.ts'
import { defineCollector, readOfFirstProcess } from './collector.ts'

const gauge = (name: string, help: string) =>
  family('gauge', `node_filesystem_${name}`, help, ['device', 'fstype', 'mountpoint'])

const SIZE = gauge('size_bytes', 'Bytes of the file system.')
const FREE = gauge('free_bytes', 'Bytes that are free, those that only root may use too.')
const AVAILABLE = gauge('avail_bytes', 'Bytes that everybody may use.')
const FILES = gauge('files', 'Files that the file system could have.')
const FILES_FREE = gauge('files_free', 'Files that can still be made.')
const READ_ONLY = gauge('readonly', '1 when nothing can be written.')
const DEVICE_ERROR = gauge('device_error', '1 when the file system does not answer.')

/** A server of a network file system that is gone keeps whoever asks; the thread that asks is lost until it comes back. */
const STUCK_AFTER_MS = 5000

export interface Mount {
  readonly device: string
  readonly mountPoint: string
  readonly type: string
  readonly readOnly: boolean
}

/** Mounts as /proc/mounts tells them: blanks and backslashes are written in octal. */
export function parseMounts(text: string): Mount[] {
  const plain = (word: string) =>
    word.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
  const mounts: Mount[] = []
  for (const line of text.split('\n')) {
    const [device, mountPoint, type, options] = line.split(' ')
    if (options === undefined) continue
    mounts.push({
      device: plain(device as string),
      mountPoint: plain(mountPoint as string),
      type: type as string,
      readOnly: options.split(',').includes('ro'),
    })
  }
  return mounts
}

export const filesystem = defineCollector({
  name: 'filesystem',
  summary: 'Size and free space of each mounted file system',
  open: ({ proc, root }, { fileSystems, mountPoints }) => {
    const asked = new Set<string>()
    const ask = async (path: string): Promise<StatsFs | undefined> => {
      if (asked.has(path)) return undefined
      asked.add(path)
      const answer = statfs(path).catch(() => undefined)
      void answer.then(() => asked.delete(path))
      const over = new AbortController()
      const late = sleep(STUCK_AFTER_MS, undefined, { ref: false, signal: over.signal }).catch(() => undefined)
      const first = await Promise.race([answer, late])
      over.abort()
      return first
    }
    const collectOne = async (readings: Readings, { device, mountPoint, type, readOnly }: Mount) => {
      const labels = [device, type, mountPoint]
      const found = await ask(`${root}${mountPoint}`)
      readings.set(DEVICE_ERROR, found === undefined ? 1 : 0, labels)
      readings.set(READ_ONLY, readOnly ? 1 : 0, labels)
      if (found === undefined) return
      readings.set(SIZE, found.blocks * found.bsize, labels)
      readings.set(FREE, found.bfree * found.bsize, labels)
      readings.set(AVAILABLE, found.bavail * found.bsize, labels)
      readings.set(FILES, found.files, labels)
      readings.set(FILES_FREE, found.ffree, labels)
    }
    return async (readings) => {
      const mounts = new Map<string, Mount>()
      for (const mount of parseMounts(readOfFirstProcess(proc, 'mounts'))) {
        if (fileSystems.test(mount.type) || mountPoints.test(mount.mountPoint)) continue
        mounts.set(mount.mountPoint, mount)
      }
      await Promise.all([...mounts.values()].map((mount) => collectOne(readings, mount)))
    }
  },
})
