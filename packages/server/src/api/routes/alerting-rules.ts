import type { StoredGroup } from '../../alerting/rules/stored-groups.ts'
import { GirokError } from '../../model/errors.ts'
import type { RuleLanguage } from '../../model/rules.ts'
import type { StoredRuleGroup, StoredRuleGroupsResponse } from '../contract.ts'
import { jsonList } from '../in-pieces.ts'
import { objectOf, versionOf, versionParameter } from '../json-body.ts'
import { type ApiRequest, json, type RouteFamily } from '../route.ts'
import { refuseOthers } from '../ruler.ts'

/** Rule groups that are kept in the store, with versions. Writing needs the scope `query`, as keeping a dashboard does. */
export const alertingRules: RouteFamily = ({ rules }) => {
  const path = '/girok/v1/alerting/rule-groups'
  const one = `${path}/:language/:namespace/:group`
  const shared = { scope: 'query', errors: 'json' } as const
  return [
    {
      ...shared,
      methods: ['GET'],
      path,
      handle: async (request) => {
        refuseOthers(request, rules.tenant)
        return jsonList('{"groups":', shownOf(await rules.editor.list()), () => '}')
      },
    },
    {
      ...shared,
      methods: ['GET'],
      path: one,
      handle: async (request) => {
        refuseOthers(request, rules.tenant)
        const name = nameOf(request)
        const found = (await rules.editor.list()).find(
          (group) => group.language === name.language && group.namespace === name.namespace && group.name === name.name,
        )
        if (found !== undefined) return json(shown(found))
        const where = `${name.language} rule group ${JSON.stringify(name.name)} in the namespace ${JSON.stringify(name.namespace)}`
        throw new GirokError('not_found', `there is no ${where}`)
      },
    },
    {
      ...shared,
      methods: ['PUT'],
      path: one,
      handle: async (request) => {
        refuseOthers(request, rules.tenant)
        const body = objectOf(request.body)
        const version = versionOf(body.version, 'the group')
        const kept = await rules.editor.put(nameOf(request), { value: body.group }, version)
        return json(shown(kept), version === 0 ? 201 : 200)
      },
    },
    {
      ...shared,
      methods: ['DELETE'],
      path: one,
      handle: async (request) => {
        refuseOthers(request, rules.tenant)
        await rules.editor.remove(nameOf(request), versionParameter(request.params))
        return { status: 204 }
      },
    },
  ]
}

/** The list of a {@link StoredRuleGroupsResponse}. */
function* shownOf(groups: readonly StoredGroup[]): Generator<StoredRuleGroupsResponse['groups'][number]> {
  for (const group of groups) yield shown(group)
}

function shown({ language, namespace, body, version, updatedMs }: StoredGroup): StoredRuleGroup {
  return { language, namespace, group: body, version, updatedAt: new Date(updatedMs).toISOString() }
}

function nameOf({ path }: Pick<ApiRequest, 'path'>): { language: RuleLanguage; namespace: string; name: string } {
  const { language = '', namespace = '', group = '' } = path
  return { language: languageOf(language), namespace, name: group }
}

export function languageOf(text: unknown): RuleLanguage {
  if (text === 'promql' || text === 'logql') return text
  throw new GirokError(
    'bad_request',
    `the language of rules is promql or logql, not ${JSON.stringify(text)?.slice(0, 40)}`,
  )
}
