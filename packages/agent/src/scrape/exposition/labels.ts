import { ExpositionError } from './error.ts'
import { normalBound } from './number.ts'

const LINE_END = 0x0a
const QUOTE = 0x22
const COMMA = 0x2c
const EQUALS = 0x3d
const BACKSLASH = 0x5c
const OPEN = 0x7b
const CLOSE = 0x7d

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/

/**
 * Reads name and labels of a sample: `name{a="b"}`, or `{"name","label"="value"}` where names are not plain. Empty values
 * are left out: such a label is not there.
 *
 * @param type of the family, as its TYPE line says: bounds of histograms (`le`) and quantiles of summaries are written
 *   alike, whatever the exporter wrote
 * @param line for errors
 * @throws ExpositionError
 */
export function readSeries(
  bytes: Buffer,
  start: number,
  end: number,
  type: string | undefined,
  line: number,
): Map<string, string> {
  const open = bytes.indexOf(OPEN, start)
  const hasLabels = open >= 0 && open < end
  const name = bytes.toString('utf8', start, hasLabels ? open : end).trimEnd()
  const labels = new Map<string, string>()
  if (name !== '') {
    if (!METRIC_NAME.test(name)) throw new ExpositionError(`${shown(name)} is no name of a metric`, line)
    labels.set('__name__', name)
  }
  if (hasLabels) readLabels(bytes, open, end, labels, line)
  if (!labels.has('__name__')) throw new ExpositionError('a sample without a name of its metric', line)
  const bound = type === 'histogram' ? 'le' : type === 'summary' ? 'quantile' : undefined
  if (bound !== undefined) {
    const text = labels.get(bound)
    if (text !== undefined) labels.set(bound, normalBound(text))
  }
  for (const [label, value] of labels) if (value === '') labels.delete(label)
  return labels
}

/** Reads labels in braces from `start` to `end` into `labels`; a name alone is that of the metric. */
export function readLabels(bytes: Buffer, start: number, end: number, labels: Map<string, string>, line: number): void {
  let at = start + 1
  const fault = (message: string) => new ExpositionError(message, line)
  const skip = () => {
    while (bytes[at] === 0x20 || bytes[at] === 0x09) at++
  }
  const quoted = (): string => {
    const from = ++at
    let escaped = false
    for (; at < end && bytes[at] !== QUOTE; at++) {
      if (bytes[at] === LINE_END) break
      if (bytes[at] === BACKSLASH) {
        escaped = true
        at++
      }
    }
    if (at >= end || bytes[at] !== QUOTE) throw fault('a text without a closing quote')
    const text = bytes.toString('utf8', from, at++)
    return escaped ? unescapeText(text) : text
  }
  for (;;) {
    skip()
    if (bytes[at] === CLOSE) break
    let name: string
    const isQuoted = bytes[at] === QUOTE
    if (isQuoted) {
      name = quoted()
      if (name === '') throw fault('an empty name')
    } else {
      const from = at
      while (at < end && isNameByte(bytes[at] as number)) at++
      name = bytes.toString('latin1', from, at)
      if (!LABEL_NAME.test(name))
        throw fault(`${shown(bytes.toString('utf8', from, end))} does not begin with a label name`)
    }
    skip()
    if (isQuoted && (bytes[at] === COMMA || bytes[at] === CLOSE)) {
      if (labels.has('__name__')) throw fault(`a second name of the metric, ${shown(name)}`)
      labels.set('__name__', name)
    } else {
      if (bytes[at++] !== EQUALS) throw fault(`expected = behind the label name ${shown(name)}`)
      skip()
      if (bytes[at] !== QUOTE) throw fault(`expected a quoted value of the label ${shown(name)}`)
      if (labels.has(name)) throw fault(`the label ${shown(name)} is given twice`)
      labels.set(name, quoted())
    }
    skip()
    if (bytes[at] === COMMA) at++
    else if (bytes[at] !== CLOSE) throw fault('expected a comma or a closing brace behind a label')
  }
  if (at !== end - 1) throw fault('labels are closed twice')
}

function isNameByte(byte: number): boolean {
  return (
    (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x5f
  )
}

const ESCAPES: Readonly<Record<string, string>> = { '\\\\': '\\', '\\n': '\n', '\\"': '"' }

/** Undoes `\\`, `\n` and `\"`; other backslashes stand for themselves. */
export function unescapeText(text: string): string {
  return text.replace(/\\[\\n"]/g, (pair) => ESCAPES[pair] as string)
}

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
