import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { declared, declaredAt, knownKeys, mapLeaves } from '../../../model/options/declared.ts'
import type { GlobalOptions, Notifier, OpenNotifier } from '../../../notify/notifier.ts'
import type { ContactPoint, Integration } from './alertmanager-config.ts'
import type { Path, Reported } from './config-text.ts'
import { otherReceivers } from './other-receivers.ts'
import { itemsOf } from './other-sections.ts'
import { readDeclared, unknownKey } from './read-declared.ts'
import { shownBy } from './shown-values.ts'

/** Where a contact point comes from, for who opens its notifiers. */
export interface OpenedFrom {
  readonly origin: ContactPoint['origin']
  /** It stands in a file of this machine: may name other files, and send anywhere. */
  readonly trusted: boolean
  /** Paths and patterns of template files, absolute. */
  readonly templates: readonly string[]
}

/** Makes a notifier ready. `options` are those that `complete` gave. */
export type OpenNotifierBy = (notifier: Notifier, options: unknown, from: OpenedFrom) => OpenNotifier

/** What reading receivers needs besides their text. */
export interface ReceiverContext {
  readonly notifiers: Readonly<Record<string, Notifier>>
  /** Undefined when it has faults: then nothing is completed by it. */
  readonly global: GlobalOptions | undefined
  /** Path of the file, which relative paths start from; undefined: no file may be named. */
  readonly file: string | undefined
}

/** A receiver that was read, before its notifiers are opened. */
export interface ReadReceiver {
  readonly name: string
  readonly integrations: readonly ReadIntegration[]
  /** As in `receivers`, with defaults and without secrets. */
  readonly shown: Readonly<Record<string, unknown>>
}

export interface ReadIntegration {
  readonly type: string
  readonly index: number
  readonly notifier: Notifier
  /** Joined with what `global` says. */
  readonly options: unknown
  /** As they stand there. */
  readonly own: unknown
}

const anyMap = z.record(z.string(), z.unknown())
const anyList = z.array(z.unknown())
const textMap = z.record(z.string(), z.string())
const anyText = z.string()

/** Reads `receivers`; every fault is told with its place. */
export function readReceivers(value: unknown, context: ReceiverContext, reported: Reported): readonly ReadReceiver[] {
  const names = new Set<string>()
  return itemsOf(value, 'receivers', reported).flatMap((one, index) => {
    const path = ['receivers', index]
    const fields = readDeclared(anyMap, one ?? {}, path, reported)
    if (fields === undefined) return []
    const name = readDeclared(anyText, fields.name, [...path, 'name'], reported)
    if (name === '') reported.problem([...path, 'name'], 'a receiver needs a name')
    if (name !== undefined && names.has(name)) {
      reported.problem([...path, 'name'], `another receiver is called ${JSON.stringify(name)}: names must differ`)
    }
    if (name !== undefined) names.add(name)
    return [readReceiver(name ?? '', fields, path, context, reported)]
  })
}

function readReceiver(
  name: string,
  fields: Readonly<Record<string, unknown>>,
  path: Path,
  context: ReceiverContext,
  reported: Reported,
): ReadReceiver {
  const byKey = new Map(Object.values(context.notifiers).map((notifier) => [notifier.configKey, notifier]))
  const known = ['name', 'labels', ...new Set([...byKey.keys(), ...Object.keys(otherReceivers)])]
  const integrations: ReadIntegration[] = []
  const shown: Record<string, unknown> = { name }
  for (const [key, value] of Object.entries(fields)) {
    const at = [...path, key]
    const notifier = byKey.get(key)
    const other = otherReceivers[key]
    if (key === 'name') continue
    if (key === 'labels') {
      shown.labels = readDeclared(textMap, value, at, reported)
    } else if (notifier !== undefined) {
      const list = readDeclared(anyList, value, at, reported) ?? []
      const read = list.flatMap((one, index) => {
        const given = readIntegration(notifier, one ?? {}, [...at, index], context, reported)
        return given === undefined ? [] : [{ type: notifier.name, index, notifier, ...given }]
      })
      integrations.push(...read)
      shown[key] = read.map(({ options }) => shownBy(notifier.options, options))
    } else if (other !== undefined && Object.hasOwn(otherReceivers, key)) {
      if (Array.isArray(value) && value.length === 0) continue
      readDeclared(z.array(other.options), value, at, reported)
      const instead = [...byKey.keys()].join(', ')
      reported.problem(
        at,
        `Girok does not send to ${other.title}: send to a bridge of yours with webhook_configs, or use one of ${instead}`,
        'key',
      )
    } else {
      reported.problem(at, unknownKey(key, known), 'key')
    }
  }
  return { name, integrations, shown }
}

/** The options of one integration, as given and completed by the global ones; undefined (and faults told) when they are no good. */
export function readIntegration(
  notifier: Notifier,
  value: unknown,
  path: Path,
  context: ReceiverContext,
  reported: Reported,
): Pick<ReadIntegration, 'options' | 'own'> | undefined {
  const options = readDeclared(notifier.options, withEmptied(notifier.options, value, path, reported), path, reported)
  if (options === undefined || context.global === undefined) return undefined
  const own = withFiles(notifier.options, options, path, context.file, reported)
  try {
    return { own, options: notifier.complete(own, context.global) }
  } catch (error) {
    reported.problem(path, (error as Error).message)
    return undefined
  }
}

/**
 * A text that has a default and stands there without a value is empty, as for Alertmanager: `title:` is a message without a
 * title.
 */
function withEmptied(schema: z.ZodType, value: unknown, path: Path, reported: Reported): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const emptied = (knownKeys(schema) ?? []).filter((key) => {
    if (Object.hasOwn(value, key) || reported.written([...path, key]) === undefined) return false
    const option = declaredAt(schema, [key])
    return option !== undefined && option.def.type === 'default' && declared(option).meta?.kind === 'text'
  })
  return { ...value, ...Object.fromEntries(emptied.map((key) => [key, ''])) }
}

/**
 * Makes the paths of files absolute, from the directory of the configuration on. Where no files may be named, each one is
 * a fault: who can change a configuration over the network must not make the server read its files.
 */
export function withFiles(
  schema: z.ZodType,
  options: unknown,
  path: Path,
  file: string | undefined,
  reported: Reported,
): unknown {
  return mapLeaves(schema, options, ({ key, value, path: below }) => {
    const isFile = key.endsWith('_file') || key === 'files'
    if (!isFile || typeof value !== 'string' || value === '') return value
    if (file !== undefined) return resolve(dirname(file), value)
    const at = [...path, ...below]
    reported.problem(at, 'files can only be named in a configuration file of the server: write the value itself')
    return value
  })
}

/** Opens what was read. */
export function openReceiver(receiver: ReadReceiver, open: OpenNotifierBy, from: OpenedFrom): ContactPoint {
  const integrations = receiver.integrations.map(
    ({ type, index, notifier, options }): Integration => ({ type, index, notifier: open(notifier, options, from) }),
  )
  return { name: receiver.name, origin: from.origin, integrations }
}
