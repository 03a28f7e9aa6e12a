/** What is to be done at one place of a value, and at the places below it. Names under `*` are merged into the named ones. */
export interface PathNode {
  /** The value at this place is redacted. */
  secret: boolean
  /** The value at this place stays as it is, with all that is in it. */
  keep: boolean
  readonly children: Map<string, PathNode>
  /** The same children as a list, which is quicker to go through. */
  named: readonly NamedChild[]
  any: PathNode | undefined
}

export interface NamedChild {
  readonly key: string
  readonly child: PathNode
  /** Whether all objects have a member of that name, as `constructor`. */
  readonly isInherited: boolean
}

export interface Paths {
  readonly secret: readonly string[]
  readonly keep: readonly string[]
}

/**
 * A tree of all paths, so that a value is looked through once, whatever their number. Undefined when there are no paths.
 * @throws RangeError for a path that cannot be read
 */
export function pathTree({ secret, keep }: Paths): PathNode | undefined {
  if (secret.length + keep.length === 0) return undefined
  const root = emptyNode()
  for (const path of secret) leafOf(root, path).secret = true
  for (const path of keep) leafOf(root, path).keep = true
  spread(root)
  return root
}

/** What a member of the place is under; undefined when no path leads there. */
export function childNode(node: PathNode | undefined, key: string): PathNode | undefined {
  return node === undefined ? undefined : (node.children.get(key) ?? node.any)
}

function emptyNode(): PathNode {
  return { secret: false, keep: false, children: new Map(), named: [], any: undefined }
}

function leafOf(root: PathNode, path: string): PathNode {
  let node = root
  for (const part of parsePath(path)) {
    let child = part === undefined ? node.any : node.children.get(part)
    if (child === undefined) {
      child = emptyNode()
      if (part === undefined) node.any = child
      else node.children.set(part, child)
    }
    node = child
  }
  return node
}

/** What holds for any name holds for the named ones too. */
function spread(node: PathNode): void {
  if (node.any !== undefined) for (const child of node.children.values()) merge(child, node.any)
  for (const child of node.children.values()) spread(child)
  if (node.any !== undefined) spread(node.any)
  node.named = [...node.children].map(([key, child]) => ({ key, child, isInherited: key in Object.prototype }))
}

function merge(into: PathNode, from: PathNode): void {
  into.secret ||= from.secret
  into.keep ||= from.keep
  for (const [key, child] of from.children) {
    let own = into.children.get(key)
    if (own === undefined) {
      own = emptyNode()
      into.children.set(key, own)
    }
    merge(own, child)
  }
  if (from.any !== undefined) {
    into.any ??= emptyNode()
    merge(into.any, from.any)
  }
}

const PART = /\.?([^.[\]"'*]+)|\.?\*|\[\s*(?:\*|(\d+)|"([^"]*)"|'([^']*)')\s*\]/y

/** The names of a path; undefined stands for `*`. */
function parsePath(path: string): readonly (string | undefined)[] {
  const parts: (string | undefined)[] = []
  PART.lastIndex = 0
  while (PART.lastIndex < path.length) {
    const at = PART.lastIndex
    const match = PART.exec(path)
    const joined = path[at] === '.' ? at > 0 : at === 0 || path[at] === '['
    if (match === null || !joined) {
      throw new RangeError(
        `redaction path ${JSON.stringify(path)} cannot be read at position ${at}: ` +
          'write names with dots between, * for any name, [0], [*] and ["any-name"]',
      )
    }
    parts.push(match[1] ?? match[2] ?? match[3] ?? match[4])
  }
  if (parts.length === 0) throw new RangeError('a redaction path is empty: name a field')
  return parts
}
