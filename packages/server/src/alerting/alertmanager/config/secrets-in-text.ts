import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseDocument, type Scalar } from 'yaml'
import { z } from 'zod'
import { declared, declaredAt } from '../../../model/options/declared.ts'
import { UNCHECKED_KEYS } from '../../../model/yaml-keys.ts'
import type { Notifier } from '../../../notify/notifier.ts'
import { notifiers as allNotifiers } from '../../../notify/notifiers/index.ts'
import type { Path } from './config-text.ts'
import { globalSection } from './global-section.ts'
import { otherReceivers } from './other-receivers.ts'
import { SECRET } from './read-declared.ts'

type Notifiers = Readonly<Record<string, Notifier>>

/** A configuration as it was written, comments and all, with every secret replaced by `<secret>`. */
export function hideSecrets(yaml: string, notifiers: Notifiers = allNotifiers): string {
  return rewritten(yaml, notifiers, (node) => {
    const isHidden = node.value === null || node.value === ''
    return isHidden ? undefined : SECRET
  })
}

/**
 * Puts the secrets of an older text in where a newer one says `<secret>`: in `global` by key; in receivers by the name of
 * the receiver, of its integrations the one that is the same but for secrets, or else the one at the same place when their
 * number has not changed. What is not found stays, and is refused by the reader.
 */
export function mergeSecrets(yaml: string, older: string, notifiers: Notifiers = allNotifiers): string {
  if (!yaml.includes(SECRET)) return yaml
  const before = plainOf(older)
  const hidden = plainOf(hideSecrets(older, notifiers))
  const after = plainOf(yaml)
  return rewritten(yaml, notifiers, (node, path) => {
    if (node.value !== SECRET) return undefined
    const found = valueAt(before, olderPath(path, after, hidden))
    return found === undefined || found === null ? undefined : JSON.stringify(String(found))
  })
}

/** Secrets that stand in a text themselves, instead of `<secret>`. */
export function writtenSecrets(yaml: string, notifiers: Notifiers = allNotifiers): ReadonlySet<string> {
  const written = new Set<string>()
  rewritten(yaml, notifiers, ({ value }) => {
    if (value !== null && value !== SECRET) written.add(String(value))
    return undefined
  })
  return written
}

/** The text with secrets replaced by what `change` makes of them; undefined leaves one as it is. */
function rewritten(
  yaml: string,
  notifiers: Notifiers,
  change: (node: Scalar, path: Path) => string | undefined,
): string {
  const document = parseDocument(yaml, UNCHECKED_KEYS)
  // Whoever reads it next says what is wrong with it.
  if (document.errors.length > 0) return yaml
  const changes = new Map<number, { readonly end: number; readonly by: string }>()
  for (const { node, path } of secretsOf(document, fileSchema(notifiers))) {
    const by = change(node, path)
    if (by === undefined || !node.range) continue
    const [start, end] = node.range
    // Blocks of lines end with the end of their last one.
    changes.set(start, { end, by: yaml.slice(start, end).endsWith('\n') ? `${by}\n` : by })
  }
  let text = ''
  let from = 0
  for (const [start, { end, by }] of [...changes].sort(([a], [b]) => a - b)) {
    text += yaml.slice(from, start) + by
    from = end
  }
  return text + yaml.slice(from)
}

function* secretsOf(document: Document, schema: z.ZodType): Generator<{ readonly node: Scalar; readonly path: Path }> {
  function* walk(given: Node | null, path: Path, above: boolean): Generator<{ node: Scalar; path: Path }> {
    const node = isAlias(given) ? (given.resolve(document) ?? null) : given
    const at = declaredAt(schema, path)
    // What lies below what nobody declared is no secret.
    if (at === undefined && !above && path.length > 0) return
    const isSecret = above || (at !== undefined && declared(at).meta?.secret === true)
    if (isScalar(node)) {
      if (isSecret) yield { node, path }
    } else if (isSeq(node)) {
      for (const [index, item] of node.items.entries()) yield* walk(item as Node, [...path, index], isSecret)
    } else if (isMap(node)) {
      for (const { key, value } of node.items) {
        const name = isScalar(key) ? String(key.value) : ''
        // What is merged in belongs to this place.
        yield* walk(value as Node | null, name === '<<' ? path : [...path, name], isSecret)
      }
    }
  }
  yield* walk(document.contents as Node | null, [], false)
}

function fileSchema(notifiers: Notifiers): z.ZodType {
  const kinds = [
    ...Object.values(notifiers).map(({ configKey, options }) => [configKey, z.array(options)] as const),
    ...Object.entries(otherReceivers).map(([key, { options }]) => [key, z.array(options)] as const),
  ]
  return z.object({ global: globalSection, receivers: z.array(z.object(Object.fromEntries(kinds))) })
}

/** Where in the older text that stood which stands at a path of the newer one; `older` without its secrets. */
function olderPath(path: Path, newer: unknown, older: unknown): Path {
  const [section, receiver, kind, place, ...rest] = path
  if (section !== 'receivers' || kind === undefined) return path
  const name = valueAt(newer, ['receivers', receiver as number, 'name'])
  const receivers = listOf(valueAt(older, ['receivers']))
  const index = receivers.findIndex((one) => valueAt(one, ['name']) === name)
  if (index < 0 || name === undefined) return ['receivers', -1]
  const now = listOf(valueAt(newer, path.slice(0, 3)))
  const then = listOf(valueAt(older, ['receivers', index, kind]))
  const same = then.findIndex((one) => JSON.stringify(one) === JSON.stringify(now[place as number]))
  const found = same >= 0 ? same : now.length === then.length ? (place as number) : -1
  return ['receivers', index, kind, found, ...rest]
}

function plainOf(yaml: string): unknown {
  const document = parseDocument(yaml, { merge: true, ...UNCHECKED_KEYS })
  return document.errors.length > 0 ? undefined : document.toJS()
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value
  for (const step of path) at = (at as Readonly<Record<string | number, unknown>> | undefined | null)?.[step]
  return at
}
