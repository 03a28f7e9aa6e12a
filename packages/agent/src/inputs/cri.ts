import { basename, dirname } from 'node:path'
import * as v from 'valibot'
import { defineInput } from '../model/input.ts'
import type { Labels } from '../model/source.ts'
import { containerFiles, openContainerInput } from '../tail/options.ts'
import { type Piece, streamLabels } from '../tail/pieces.ts'
import { rfc3339ToNs } from '../tail/timestamp.ts'

const options = v.strictObject(containerFiles('/var/log/pods/*/*/*.log*'))

type Options = v.InferOutput<typeof options>

/** `/var/log/pods/NAMESPACE_POD_UID/CONTAINER/0.log`; other paths are told as they are. */
function podLabels(path: string): Labels {
  const container = dirname(path)
  const [namespace, pod, uid, ...more] = basename(dirname(container)).split('_')
  if (!namespace || !pod || !uid || more.length > 0) return new Map([['filename', path]])
  return new Map([
    ['namespace', namespace],
    ['pod', pod],
    ['container', basename(container)],
  ])
}

/** Reads `2026-11-21T10:00:00.123456789Z stdout F the line`; `P` marks a piece that is not the last of its line. */
export function readCriLine(text: string): Piece | undefined {
  const time = text.indexOf(' ')
  const stream = text.indexOf(' ', time + 1)
  const tags = stream < 0 ? -1 : text.indexOf(' ', stream + 1)
  const labels = streamLabels(text.slice(time + 1, stream))
  const timeNs = time > 0 ? rfc3339ToNs(text.slice(0, time)) : undefined
  if (labels === undefined || timeNs === undefined) return undefined
  // More tags may follow the first, behind colons.
  const tag = text.slice(stream + 1, tags < 0 ? undefined : tags).split(':', 1)[0]
  if (tag !== 'F' && tag !== 'P') return undefined
  const name = text.slice(time + 1, stream)
  return { text: tags < 0 ? '' : text.slice(tags + 1), stream: name, ends: tag === 'F', timeNs, labels }
}

export const cri = defineInput<Options>({
  name: 'cri',
  summary:
    'Lines of containers under Kubernetes, from the files that its container runtimes write; long lines are joined again.',
  options,
  pathOptions: ['include', 'exclude'],
  example: 'include: /var/log/pods/*/*/*.log\nexclude: /var/log/pods/kube-system_*/**\n',
  open(options, context) {
    const format = { kind: 'cri', of: 'container runtimes under Kubernetes', labelsOf: podLabels, read: readCriLine }
    return openContainerInput(options, format, context)
  },
})
