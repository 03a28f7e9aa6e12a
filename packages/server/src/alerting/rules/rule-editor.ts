import { GirokError } from '../../model/errors.ts'
import type { RuleBook, RuleLanguage } from '../../model/rules.ts'
import type { GroupPlace, StoredGroup, StoredGroupName, StoredGroups } from './stored-groups.ts'

/** Changes of the rules that are kept in the store. What resolved is on the disk and in force. */
export interface RuleEditor {
  list(): Promise<readonly StoredGroup[]>
  /**
   * Takes the place of version `version`; 0: there must be none; undefined: whatever is there. `group` is YAML or a value
   * that came as JSON. Rejects with `bad_request` that names every fault, with `conflict`, `not_found`, with `forbidden`
   * for a namespace that is a file, with `limit_exceeded`.
   */
  put(where: GroupPlace, group: string | { readonly value: unknown }, version: number | undefined): Promise<StoredGroup>
  /** Rejects with `not_found`, `conflict` and `forbidden`. */
  remove(name: StoredGroupName, version: number | undefined): Promise<void>
  /** Removes all groups of a namespace. Rejects with `not_found` when there are none, with `forbidden`. */
  removeNamespace(language: RuleLanguage, namespace: string): Promise<void>
}

/** @param book in which changes come into force */
export function createRuleEditor(stored: StoredGroups, book: Pick<RuleBook, 'files' | 'storedChanged'>): RuleEditor {
  function refuseFiles(language: RuleLanguage, namespace: string): void {
    if (!book.files().has(namespace)) return
    throw new GirokError(
      'forbidden',
      `${JSON.stringify(namespace)} is a file of ${language} rules: change the file, or keep the group in another namespace`,
    )
  }

  return {
    list: () => stored.list(),

    async put(where, group, version) {
      refuseFiles(where.language, where.namespace)
      const kept = await stored.write(where, group, version)
      await book.storedChanged()
      return kept
    },

    async remove(name, version) {
      refuseFiles(name.language, name.namespace)
      await stored.remove(name, version)
      await book.storedChanged()
    },

    async removeNamespace(language, namespace) {
      refuseFiles(language, namespace)
      if (!(await stored.removeNamespace({ language, namespace }))) {
        throw new GirokError(
          'not_found',
          `there are no ${language} rule groups in the namespace ${JSON.stringify(namespace)}`,
        )
      }
      await book.storedChanged()
    },
  }
}
