import { createHash } from 'node:crypto'
import { GirokError } from '../../model/errors.ts'
import type { RuleGroupBody, RuleLanguage } from '../../model/rules.ts'
import { startBreathing } from '../../query/run/breathe.ts'
import type { DocumentHead, DocumentStore } from '../../store/documents/document-store.ts'
import { createTurnsByKey, shared } from './in-turn.ts'
import { type KnownGroup, KnownGroups } from './known-groups.ts'
import type { RuleGroup } from './rule.ts'
import { bodyOf, type ReadGroup, readRuleGroup } from './rule-body.ts'

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

/** Groups of the store as rules. */
export interface StoredRules {
  readonly groups: readonly RuleGroup[]
  /** What cannot be read any more. */
  readonly faults: readonly string[]
}

/**
 * The rule groups of a tenant that are kept in the store. What this process has read and written is known to it, so that
 * a change costs what it changes; what other processes change is seen when the store is asked.
 */
export interface StoredGroups {
  /** By language, namespace and name, as they are in the store. */
  list(): Promise<readonly StoredGroup[]>
  /** Asks the store what has changed. */
  refresh(): Promise<void>
  /** What is known. The same lists as long as nothing changes, and the same group as long as its version is the same. */
  known(): StoredRules
  /**
   * Keeps a group, YAML or a value that came as JSON, in place of version `after`: 0: there must be none; undefined:
   * whatever is there. Resolves when it is on the disk and known. Rejects with `bad_request` that names every fault, with
   * `conflict`, `not_found`, `limit_exceeded`.
   */
  write(where: GroupPlace, given: string | { readonly value: unknown }, after: number | undefined): Promise<StoredGroup>
  /** Any version without `version`. Rejects with `not_found` and `conflict`. */
  remove(name: StoredGroupName, version: number | undefined): Promise<void>
  /** Removes all groups of a namespace; false where there are none. */
  removeNamespace(where: Pick<StoredGroupName, 'language' | 'namespace'>): Promise<boolean>
}

export interface GroupPlace {
  readonly language: RuleLanguage
  readonly namespace: string
  /** The name that the group must have; undefined: any. */
  readonly name?: string | undefined
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
  const groups = new KnownGroups<StoredGroup>()
  /** Two changes of one group come to be known in the order in which they were made. */
  const inTurn = createTurnsByKey()
  const refresh = shared(() => groups.refresh(documents, tenant, KIND, readHead, startBreathing()))
  let told: { readonly of: readonly KnownGroup<StoredGroup>[]; readonly rules: StoredRules } | undefined

  return {
    refresh,

    async list() {
      await refresh()
      return groups.list().map(({ stored }) => stored)
    },

    known() {
      const of = groups.list()
      if (told?.of !== of) {
        const rules = of.flatMap(({ group }) => (group === undefined ? [] : [group]))
        told = { of, rules: { groups: rules, faults: of.flatMap(({ faults }) => faults) } }
      }
      return told.rules
    },

    async write({ language, namespace, name: wanted }, given, after) {
      refuseName('namespace', namespace)
      const { group, problems } = readRuleGroup(given, { language, file: namespace, origin: 'stored' })
      if (group === undefined || problems.length > 0) throw new GirokError('bad_request', problems.join('\n'))
      const { name } = group
      refuseName('name of a group', name)
      if (wanted !== undefined && name !== wanted) {
        throw new GirokError(
          'bad_request',
          `name: the group is called ${JSON.stringify(name)}, the path says ${JSON.stringify(wanted)}`,
        )
      }
      const summary: Summary = { language, namespace, group: bodyOf(group) }
      const id = idOf({ language, namespace, name })
      const change = { id, name, summary: JSON.stringify(summary), body: '' }
      return await inTurn(id, async () => {
        const head = await documents.write(tenant, KIND, change, after).catch(namedAs({ language, namespace, name }))
        const entry = knownGroup(head, () => ({ group, problems }))
        groups.put(id, entry)
        return entry.stored
      })
    },

    async remove(name, version) {
      const id = idOf(name)
      await inTurn(id, async () => {
        await documents.remove(tenant, KIND, id, version).catch(namedAs(name))
        groups.drop(id)
      })
    },

    async removeNamespace({ language, namespace }) {
      await refresh()
      const ids = groups
        .list()
        .flatMap(({ stored }) => (stored.language === language && stored.namespace === namespace ? [idOf(stored)] : []))
      const removeAll = async (): Promise<void> => {
        await documents.removeAll(tenant, KIND, ids)
        for (const id of ids) groups.drop(id)
      }
      // All of them come to their turns in the same order, so that nobody waits for one who waits for him.
      await ids.reduceRight<() => Promise<void>>((next, id) => () => inTurn(id, next), removeAll)()
      return ids.length > 0
    },
  }
}

function idOf({ language, namespace, name }: StoredGroupName): string {
  return createHash('sha256')
    .update(JSON.stringify([language, namespace, name]))
    .digest('hex')
    .slice(0, 32)
}

function readHead(head: DocumentHead): KnownGroup<StoredGroup> {
  return knownGroup(head, ({ language, namespace, body }) =>
    readRuleGroup({ value: body }, { language, file: namespace, origin: 'stored' }),
  )
}

function knownGroup(
  { name, summary, version, updatedMs }: DocumentHead,
  read: (stored: StoredGroup) => ReadGroup,
): KnownGroup<StoredGroup> {
  const { language, namespace, group: body } = JSON.parse(summary) as Summary
  const stored: StoredGroup = { language, namespace, name, body, version, updatedMs }
  const { group, problems } = read(stored)
  const where = `the ${language} rule group ${JSON.stringify(name)} of the namespace ${JSON.stringify(namespace)}`
  return {
    version,
    order: `${language}\0${namespace}\0${name}`,
    stored,
    group: problems.length > 0 ? undefined : group,
    faults: problems.map((problem) => `${where}: ${problem}`),
  }
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
