import { createHash } from 'node:crypto'
import { GirokError } from '../../model/errors.ts'
import type { RuleGroupBody, RuleLanguage } from '../../model/rules.ts'
import type { DocumentHead, DocumentStore } from '../../store/documents/document-store.ts'
import type { RuleGroup } from './rule.ts'
import { bodyOf, readRuleGroup } from './rule-body.ts'

/** Names a group of the store. */
export interface StoredGroupName {
  readonly language: RuleLanguage
  /** What files are to groups of files. */
  readonly namespace: string
  readonly name: string
}

export interface StoredGroup extends StoredGroupName {
  readonly body: RuleGroupBody
  /** From 1. */
  readonly version: number
  /** Milliseconds since the epoch. */
  readonly updatedMs: number
}

/** The rule groups of a tenant that are kept in the store. */
export interface StoredGroups {
  /** By language, namespace and name. */
  list(): Promise<readonly StoredGroup[]>
  /** The groups as rules; what cannot be read any more is a fault. The same list as long as nothing changes. */
  read(): Promise<{ readonly groups: readonly RuleGroup[]; readonly faults: readonly string[] }>
  /**
   * Keeps a group, YAML or a value that came as JSON, in place of the version that `after` says of it (0: there must be
   * none). Rejects with `bad_request` that names every fault, with `conflict`, `not_found`, `limit_exceeded`.
   */
  write(
    where: Pick<StoredGroupName, 'language' | 'namespace'>,
    given: string | { readonly value: unknown },
    after: (group: RuleGroup) => Promise<number>,
  ): Promise<StoredGroup>
  /** Any version without `version`. Rejects with `not_found` and `conflict`. */
  remove(name: StoredGroupName, version: number | undefined): Promise<void>
}

const KIND = 'rule-group'
/** Characters of a namespace or of the name of a group. */
const LONGEST_NAME = 200

/** What stands in `summary`: lists show groups as a whole, and one statement reads them all. */
interface Summary {
  readonly language: RuleLanguage
  readonly namespace: string
  readonly group: RuleGroupBody
}

export function openStoredGroups(documents: DocumentStore, tenant: string): StoredGroups {
  let known: { readonly state: string; readonly groups: readonly RuleGroup[]; readonly faults: readonly string[] } = {
    state: '[]',
    groups: [],
    faults: [],
  }

  async function list(): Promise<StoredGroup[]> {
    return (await documents.list(tenant, KIND)).map(storedGroup).sort(inOrder)
  }

  return {
    list,

    async read() {
      const found = await list()
      const state = JSON.stringify(
        found.map(({ language, namespace, name, version }) => [language, namespace, name, version]),
      )
      if (state === known.state) return known
      const faults: string[] = []
      const groups = found.flatMap(({ language, namespace, name, body }) => {
        const { group, problems } = readRuleGroup({ value: body }, { language, file: namespace, origin: 'stored' })
        const where = `the ${language} rule group ${JSON.stringify(name)} of the namespace ${JSON.stringify(namespace)}`
        faults.push(...problems.map((problem) => `${where}: ${problem}`))
        return group === undefined || problems.length > 0 ? [] : [group]
      })
      known = { state, groups, faults }
      return known
    },

    async write({ language, namespace }, given, after) {
      refuseName('namespace', namespace)
      const { group, problems } = readRuleGroup(given, { language, file: namespace, origin: 'stored' })
      if (group === undefined || problems.length > 0) throw new GirokError('bad_request', problems.join('\n'))
      const { name } = group
      refuseName('name of a group', name)
      const body = bodyOf(group)
      const summary: Summary = { language, namespace, group: body }
      const id = idOf({ language, namespace, name })
      const change = { id, name, summary: JSON.stringify(summary), body: '' }
      const version = await after(group)
      return storedGroup(
        await documents.write(tenant, KIND, change, version).catch(namedAs({ language, namespace, name })),
      )
    },

    async remove(name, version) {
      await documents.remove(tenant, KIND, idOf(name), version).catch(namedAs(name))
    },
  }
}

function idOf({ language, namespace, name }: StoredGroupName): string {
  return createHash('sha256')
    .update(JSON.stringify([language, namespace, name]))
    .digest('hex')
    .slice(0, 32)
}

function storedGroup({ name, summary, version, updatedMs }: DocumentHead): StoredGroup {
  const { language, namespace, group } = JSON.parse(summary) as Summary
  return { language, namespace, name, body: group, version, updatedMs }
}

function inOrder(a: StoredGroup, b: StoredGroup): number {
  const [left, right] = [a, b].map(({ language, namespace, name }) => `${language}\0${namespace}\0${name}`)
  return (left as string) < (right as string) ? -1 : 1
}

/** People know groups by name, the store by id. */
function namedAs({ language, namespace, name }: StoredGroupName): (error: unknown) => never {
  const what = `${language} rule group ${JSON.stringify(name)} in the namespace ${JSON.stringify(namespace)}`
  return (error) => {
    if (!(error instanceof GirokError)) throw error
    if (error.code === 'not_found') throw new GirokError('not_found', `there is no ${what}`)
    if (error.code !== 'conflict') throw error
    throw new GirokError(
      'conflict',
      `the ${what} is at another version than the one that was sent: read it again, and send the version that it has`,
    )
  }
}

function refuseName(what: string, name: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be in a name.
  const isText = name !== '' && name.length <= LONGEST_NAME && !/[\u0000-\u001f\u007f]/.test(name)
  // It stands in addresses, where dots alone mean something else.
  if (isText && name !== '.' && name !== '..') return
  throw new GirokError(
    'bad_request',
    `the ${what} must have 1 to ${LONGEST_NAME} characters, none of them a control character, and not be . or ..`,
  )
}
