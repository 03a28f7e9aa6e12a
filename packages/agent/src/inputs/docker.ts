import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import * as v from 'valibot'
import { defineInput } from '../model/input.ts'
import type { Labels } from '../model/source.ts'
import { containerFiles, openContainerInput } from '../tail/options.ts'
import { type Piece, streamLabels } from '../tail/pieces.ts'
import { rfc3339ToNs } from '../tail/timestamp.ts'

const options = v.strictObject(containerFiles('/var/lib/docker/containers/*/*-json.log'))

type Options = v.InferOutput<typeof options>

const NO_STREAM: Labels = new Map()

/** What `config.v2.json` beside the log says of its container; nothing when it cannot be read. */
function containerLabels(path: string): Labels {
  const folder = dirname(path)
  const labels = new Map([['container_id', basename(folder)]])
  try {
    const config = JSON.parse(readFileSync(join(folder, 'config.v2.json'), 'utf8'))
    const name = config?.Name
    const image = config?.Config?.Image
    if (typeof name === 'string') labels.set('container', name.replace(/^\//, ''))
    if (typeof image === 'string') labels.set('image', image)
  } catch {
    // The log is worth reading without it; another user may not read the file.
  }
  return labels
}

/** Reads `{"log":"…\n","stream":"stdout","time":"…","attrs":{…}}`. A piece of a long line has no line end of its own. */
export function readJsonFileLine(text: string): Piece | undefined {
  let entry: { log?: unknown; stream?: unknown; time?: unknown; attrs?: unknown }
  try {
    entry = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof entry?.log !== 'string' || typeof entry.stream !== 'string') return undefined
  const { log, stream, attrs } = entry
  const timeNs = typeof entry.time === 'string' ? rfc3339ToNs(entry.time) : undefined
  const ends = log.endsWith('\n')
  const pairs = typeof attrs === 'object' && attrs !== null ? Object.entries(attrs) : []
  return {
    text: ends ? log.slice(0, log.endsWith('\r\n') ? -2 : -1) : log,
    stream,
    ends,
    labels: streamLabels(stream) ?? NO_STREAM,
    ...(timeNs !== undefined && { timeNs }),
    ...(pairs.length > 0 && { metadata: pairs.map(([name, value]) => [name, String(value)] as const) }),
  }
}

export const docker = defineInput<Options>({
  name: 'docker',
  summary: "Lines of containers, from the files of Docker's json-file driver; long lines are joined again.",
  options,
  pathOptions: ['include', 'exclude'],
  example: 'include: /var/lib/docker/containers/*/*-json.log\nstartAt: end\n',
  open(options, context) {
    const format = {
      kind: 'docker',
      of: "Docker's json-file driver",
      labelsOf: containerLabels,
      read: readJsonFileLine,
    }
    return openContainerInput(options, format, context)
  },
})
