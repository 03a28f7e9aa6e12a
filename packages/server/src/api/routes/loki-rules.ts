import { stringify } from 'yaml'
import { GirokError } from '../../model/errors.ts'
import type { RuleGroupView, RuleView } from '../../model/rules.ts'
import { ruleFilterOf, ruleList } from '../prometheus/rule-list.ts'
import { json, type Route, type RouteFamily } from '../route.ts'

const YAML_TYPE = 'application/yaml'

/**
 * The rules over logs as Loki's ruler tells of them. They come from files, so that nothing can be written here; the
 * namespace of a group is its file.
 */
export const lokiRules: RouteFamily = ({ rules }) => {
  const groupsOf = (tenant: string): readonly RuleGroupView[] =>
    tenant === rules.tenant ? rules.book.groups().filter(({ language }) => language === 'logql') : []

  const list: Route['handle'] = ({ tenant, path }) => {
    const groups = groupsOf(tenant).filter(({ file }) => path.namespace === undefined || file === path.namespace)
    if (groups.length === 0) throw new GirokError('not_found', 'no rule groups found')
    const byFile = groupedByFile(groups)
    return yaml(Object.fromEntries([...byFile].map(([file, of]) => [file, of.map(groupYaml)])))
  }
  const one: Route['handle'] = ({ tenant, path }) => {
    const group = groupsOf(tenant).find(({ file, name }) => file === path.namespace && name === path.group)
    if (group === undefined) throw new GirokError('not_found', 'no rule groups found')
    return yaml(groupYaml(group))
  }
  const get = (path: string, handle: Route['handle']): Route => ({
    methods: ['GET'],
    path,
    scope: 'query',
    errors: 'text',
    handle,
  })
  return [
    ...['/loki/api/v1/rules', '/api/prom/rules'].flatMap((path) => [
      get(path, list),
      get(`${path}/:namespace`, list),
      get(`${path}/:namespace/:group`, one),
    ]),
    // Those below /prometheus are Prometheus' own.
    get('/loki/prometheus/api/v1/rules', ({ tenant, params }) =>
      json({
        status: 'success',
        data: ruleList(groupsOf(tenant), ruleFilterOf(params, undefined), params),
        errorType: '',
        error: '',
      }),
    ),
    get('/loki/prometheus/api/v1/alerts', () =>
      json({ status: 'success', data: { alerts: [] }, errorType: '', error: '' }),
    ),
  ]
}

function yaml(value: unknown) {
  return { status: 200, headers: { 'content-type': YAML_TYPE }, body: stringify(value) }
}

function groupedByFile(groups: readonly RuleGroupView[]): Map<string, RuleGroupView[]> {
  const byFile = new Map<string, RuleGroupView[]>()
  for (const group of groups) byFile.set(group.file, [...(byFile.get(group.file) ?? []), group])
  return byFile
}

function groupYaml({ name, intervalMs, limit, rules }: RuleGroupView): unknown {
  return { name, interval: seconds(intervalMs), ...(limit > 0 && { limit }), rules: rules.map(ruleYaml) }
}

function ruleYaml({ kind, name, query, labels, annotations, forMs = 0, keepFiringForMs = 0 }: RuleView): unknown {
  return {
    [kind === 'recording' ? 'record' : 'alert']: name,
    expr: query,
    ...(forMs > 0 && { for: seconds(forMs) }),
    ...(keepFiringForMs > 0 && { keep_firing_for: seconds(keepFiringForMs) }),
    ...(labels.size > 0 && { labels: Object.fromEntries(labels) }),
    ...(annotations !== undefined && annotations.size > 0 && { annotations: Object.fromEntries(annotations) }),
  }
}

function seconds(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`
}
