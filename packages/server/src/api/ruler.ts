import { stringify } from 'yaml'
import { GirokError } from '../model/errors.ts'
import type { RuleGroupBody, RuleGroupView, RuleLanguage, RuleView } from '../model/rules.ts'
import { listAnswer } from './in-pieces.ts'
import { type ApiContext, type ApiRequest, json, type Route } from './route.ts'

/**
 * The ruler API that Loki, Mimir and Cortex share: rule groups by namespace, as YAML. The namespace of a group of a file is
 * its file, which cannot be changed here. Writing needs the scope `query`, as keeping a dashboard does.
 */
export function rulerRoutes(
  { rules }: Pick<ApiContext, 'rules'>,
  paths: readonly string[],
  language: RuleLanguage,
): readonly Route[] {
  /** By namespace, those of files first. */
  async function groupsOf(tenant: string): Promise<ReadonlyMap<string, readonly GroupOfList[]>> {
    const found = new Map<string, GroupOfList[]>()
    if (tenant !== rules.tenant) return found
    const add = (namespace: string, name: string, body: () => RuleGroupBody): void => {
      const ofNamespace = found.get(namespace)
      if (ofNamespace === undefined) found.set(namespace, [{ name, body }])
      else ofNamespace.push({ name, body })
    }
    for (const view of rules.book.groups()) {
      if (view.language === language && view.origin === 'file') add(view.file, view.name, () => bodyOfView(view))
    }
    for (const { language: of, namespace, name, body } of await rules.editor.list()) {
      if (of === language) add(namespace, name, () => body)
    }
    return found
  }

  const list: Route['handle'] = async ({ tenant, path }) => {
    const groups = [...(await groupsOf(tenant))].filter(
      ([namespace]) => path.namespace === undefined || namespace === path.namespace,
    )
    if (groups.length === 0) throw noGroups()
    return listAnswer('', namespaceRows(groups), () => '', YAML)
  }
  const one: Route['handle'] = async ({ tenant, path }) => {
    const group = (await groupsOf(tenant)).get(path.namespace ?? '')?.find(({ name }) => name === path.group)
    if (group === undefined) throw new GirokError('not_found', 'group does not exist')
    return { status: 200, headers: { 'content-type': YAML }, body: stringify(group.body()) }
  }
  const put: Route['handle'] = async (request) => {
    refuseOthers(request, rules.tenant)
    const namespace = request.path.namespace ?? ''
    await rules.editor.put({ language, namespace }, request.body.toString('utf8'), undefined)
    return accepted()
  }
  const remove: Route['handle'] = async (request) => {
    refuseOthers(request, rules.tenant)
    const { namespace = '', group } = request.path
    if (group === undefined) await rules.editor.removeNamespace(language, namespace)
    else await rules.editor.remove({ language, namespace, name: group }, undefined)
    return accepted()
  }
  const route = (method: Route['methods'][number], path: string, handle: Route['handle']): Route => ({
    methods: [method],
    path,
    scope: 'query',
    errors: 'text',
    handle,
  })
  return paths.flatMap((path) => [
    route('GET', path, list),
    route('GET', `${path}/:namespace`, list),
    route('POST', `${path}/:namespace`, put),
    route('DELETE', `${path}/:namespace`, remove),
    route('GET', `${path}/:namespace/:group`, one),
    route('DELETE', `${path}/:namespace/:group`, remove),
  ])
}

/** Throws `forbidden` for a tenant that rules are not of. */
export function refuseOthers({ tenant }: Pick<ApiRequest, 'tenant'>, ofRules: string): void {
  if (tenant === ofRules) return
  throw new GirokError('forbidden', `rules are of the tenant ${JSON.stringify(ofRules)}: others cannot have any`)
}

/** As Cortex' ruler answers changes. */
function accepted() {
  return json({ status: 'success', data: null, errorType: '', error: '' }, 202, 'application/json')
}

function noGroups(): GirokError {
  return new GirokError('not_found', 'no rule groups found')
}

const YAML = 'application/yaml'

interface GroupOfList {
  readonly name: string
  readonly body: () => RuleGroupBody
}

/** A map of namespaces and their groups, group by group: all at once would hold the event loop where there are many. */
function* namespaceRows(groups: Iterable<readonly [string, readonly GroupOfList[]]>): Generator<string> {
  for (const [namespace, ofNamespace] of groups) {
    const title = stringify({ [namespace]: [] }).replace(/ *\[\]\n$/, '\n')
    yield title
    for (const { body } of ofNamespace) yield stringify({ x: [body()] }).slice('x:\n'.length)
  }
}

function bodyOfView({ name, intervalMs, limit, rules }: RuleGroupView): RuleGroupBody {
  return { name, interval: seconds(intervalMs), ...(limit > 0 && { limit }), rules: rules.map(ruleOfView) }
}

function ruleOfView(rule: RuleView): RuleGroupBody['rules'][number] {
  const { kind, name, query, labels, annotations, forMs = 0, keepFiringForMs = 0, condition, overMs } = rule
  return {
    ...(kind === 'recording' ? { record: name } : { alert: name }),
    expr: query,
    ...(condition !== undefined && { condition }),
    ...(overMs !== undefined && { over: seconds(overMs) }),
    ...(forMs > 0 && { for: seconds(forMs) }),
    ...(keepFiringForMs > 0 && { keep_firing_for: seconds(keepFiringForMs) }),
    ...(rule.keepFiringWhile !== undefined && { keep_firing_while: rule.keepFiringWhile }),
    ...(labels.size > 0 && { labels: Object.fromEntries(labels) }),
    ...(annotations !== undefined && annotations.size > 0 && { annotations: Object.fromEntries(annotations) }),
  }
}

function seconds(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`
}
