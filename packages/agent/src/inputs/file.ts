import * as v from 'valibot'
import { defineInput } from '../model/input.ts'
import type { Labels } from '../model/source.ts'
import { duration } from '../model/units.ts'
import { Multiline } from '../tail/multiline.ts'
import { encoding, followedFiles, linePattern, openFileInput, pathPattern } from '../tail/options.ts'

const count = (fallback: number) => v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), fallback)

const options = v.strictObject({
  ...followedFiles(),
  encoding,
  pathLabel: v.optional(
    v.union([v.literal(false), v.pipe(v.string(), v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is no name of a label'))]),
    'filename',
  ),
  labelsFromPath: v.optional(pathPattern),
  multiline: v.optional(v.strictObject({ firstLine: linePattern, maxWait: duration('3s', 1), maxLines: count(128) })),
})

type Options = v.InferOutput<typeof options>

/** Labels of files: the path, and what a pattern finds in it; one Map per distinct set. */
function pathLabels({ pathLabel, labelsFromPath }: Options): (path: string) => Labels {
  const known = new Map<string, Labels>()
  return (path) => {
    const labels: [string, string][] = pathLabel === false ? [] : [[pathLabel, path]]
    const groups = labelsFromPath?.exec(path)?.groups ?? {}
    for (const [name, value] of Object.entries(groups)) if (value) labels.push([name, value])
    // Paths are not kept for ever: only sets without them are shared.
    if (pathLabel !== false) return new Map(labels)
    const key = JSON.stringify(labels)
    const same = known.get(key) ?? new Map(labels)
    known.set(key, same)
    return same
  }
}

export const file = defineInput<Options>({
  name: 'file',
  summary: 'Lines of files, through rotation, copying, compression and restarts.',
  options,
  pathOptions: ['include', 'exclude'],
  example: `include:
  - /var/log/app/*.log
exclude:
  - /var/log/app/debug*.log
labelsFromPath: /var/log/(?<app>[^/]+)/
multiline:
  firstLine: '^\\d{4}-\\d{2}-\\d{2}'
`,
  open(options, context) {
    const { encoding, multiline, maxLineBytes } = options
    const rest = { kind: 'file', encoding, labelsOf: pathLabels(options) }
    if (multiline === undefined) return openFileInput(options, rest, context)
    const { firstLine: isFirst, maxWait: maxWaitMs, maxLines } = multiline
    const shape = () => new Multiline({ isFirst, maxWaitMs, maxLines, maxBytes: maxLineBytes })
    return openFileInput(options, { ...rest, shape }, context)
  },
})
