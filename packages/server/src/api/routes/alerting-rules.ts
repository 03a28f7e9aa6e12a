import type { StoredGroup } from '../../alerting/rules/stored-groups.ts'
import { GirokError } from '../../model/errors.ts'
import type { RuleLanguage } from '../../model/rules.ts'
import type { StoredRuleGroup, StoredRuleGroupsResponse } from '../contract.ts'
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
        return json({ groups: (await rules.editor.list()).map(shown) } satisfies StoredRuleGroupsResponse)
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
        const { version } = body
        if (!Number.isSafeInteger(version) || (version as number) < 0) {
          throw new GirokError(
            'bad_request',
            'the body needs version: the number that the group had when it was read, or 0 for a new one',
          )
        }
        const kept = await rules.editor.put(nameOf(request), { value: body.group }, version as number)
        return json(shown(kept), version === 0 ? 201 : 200)
      },
    },
    {
      ...shared,
      methods: ['DELETE'],
      path: one,
      handle: async (request) => {
        refuseOthers(request, rules.tenant)
        const text = request.params.get('version')
        if (text !== null && !/^[1-9]\d{0,8}$/.test(text)) {
          throw new GirokError(
            'bad_request',
            `version must be a whole number from 1, not ${JSON.stringify(text.slice(0, 40))}`,
          )
        }
        await rules.editor.remove(nameOf(request), text === null ? undefined : Number(text))
        return { status: 204 }
      },
    },
  ]
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

export function objectOf(body: Buffer): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch (cause) {
    throw new GirokError('bad_request', `the body is not JSON: ${(cause as Error).message}`, { cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new GirokError('bad_request', 'the body must be a JSON object')
  }
  return value as Readonly<Record<string, unknown>>
}
