import { UTC } from '../../template/time/zone.ts'
import { extractedOf } from '../entry.ts'
import { isObject, StageOptions } from '../options.ts'
import { defineStage } from '../stage.ts'
import { compileTimeFormat, type TimeFormat } from '../time-format.ts'

const RFC3339 = compileTimeFormat('RFC3339', UTC) as TimeFormat

/** `docker`: takes the lines of Docker's driver json-file apart: the line, its time, and the label `stream`. */
export const docker = defineStage({
  name: 'docker',
  summary: "Reads the lines of Docker's json-file driver",
  example: {},
  compile: (given, { at, labels: sets }) => {
    new StageOptions(given, at, [])
    const change = sets.change((labels, stream) => {
      labels.set('stream', stream)
    })
    return {
      open:
        ({ now, fault }) =>
        (entry) => {
          const fields = readFields(entry.line)
          if (fields === undefined) {
            fault('docker', 'malformed')
            return true
          }
          const { log, stream, time } = fields
          const extracted = extractedOf(entry)
          for (const [name, value] of [
            ['output', log],
            ['stream', stream],
            ['timestamp', time],
          ] as const) {
            if (value !== undefined) extracted.set(name, value)
          }
          if (stream !== undefined && stream !== '') entry.labels = change(entry.labels, stream)
          const ns = time === undefined ? undefined : RFC3339(time, now())
          if (ns !== undefined) entry.timeNs = ns
          if (log !== undefined) entry.line = log.endsWith('\n') ? log.slice(0, -1) : log
          return true
        },
    }
  },
})

interface DockerLine {
  readonly log: string | undefined
  readonly stream: string | undefined
  readonly time: string | undefined
}

function readFields(line: string): DockerLine | undefined {
  try {
    const parsed: unknown = JSON.parse(line)
    if (!isObject(parsed)) return undefined
    const text = (name: string): string | undefined => {
      const value = parsed[name]
      return typeof value === 'string' ? value : undefined
    }
    return { log: text('log'), stream: text('stream'), time: text('time') }
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
