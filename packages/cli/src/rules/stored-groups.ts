import { resolve } from 'node:path'
import type {
  AlertingResponse,
  RuleGroupBody,
  RuleLanguage,
  StoredRuleGroup,
  StoredRuleGroupsResponse,
} from '@girok/server/contract'
import { ask } from '../ask.ts'
import type { Client } from '../client.ts'
import type { CommandContext } from '../command.ts'
import { sameJson } from '../dashboard-files.ts'
import { EXIT, Failure } from '../failure.ts'
import { safeText } from '../output/safe.ts'
import { readRuleBodies } from './rule-file.ts'

const PATH = '/girok/v1/alerting/rule-groups'

/** `girok rules list`: all groups that are in force. */
export async function listGroups({ client, out, note }: CommandContext): Promise<number> {
  const { groups, ruleFaults } = await ask<AlertingResponse>(client(), 'GET', '/girok/v1/alerting')
  const rows = groups.map(({ language, origin, namespace, name, rules }) => [
    language,
    origin,
    String(rules.length),
    String(rules.filter(({ state }) => state === 'firing').length),
    namespace,
    name,
  ])
  const all = [['LANGUAGE', 'ORIGIN', 'RULES', 'FIRING', 'NAMESPACE', 'GROUP'], ...rows]
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  for (const row of all) {
    const line = row.map((cell, column) => safeText(cell).padEnd(widths[column] ?? 0)).join('  ')
    await out.write(`${line.trimEnd()}\n`)
  }
  for (const fault of ruleFaults) note(fault)
  return EXIT.ok
}

/** `girok rules get`: groups of the store as a file of rules. */
export async function getGroups(
  { client, out }: CommandContext,
  language: RuleLanguage,
  namespace: string,
  name: string | undefined,
): Promise<number> {
  const found = await groupsOf(client(), language, namespace, name)
  const { ruleFileText } = await import('@girok/server/rules')
  await out.write(
    ruleFileText(
      namespace,
      found.map(({ group }) => group),
    ),
  )
  return EXIT.ok
}

/** `girok rules delete` */
export async function deleteGroups(
  { client, note }: CommandContext,
  language: RuleLanguage,
  namespace: string,
  name: string | undefined,
): Promise<number> {
  for (const { group, version } of await groupsOf(client(), language, namespace, name)) {
    await ask(client(), 'DELETE', `${pathOf(language, namespace, group.name)}?version=${version}`)
    note(`deleted: ${group.name}`)
  }
  return EXIT.ok
}

/** `girok rules push`: every file is read before anything is sent. */
export async function pushFiles(
  { client, flags, io, note }: CommandContext,
  language: RuleLanguage,
  files: readonly string[],
): Promise<number> {
  const read = []
  for (const file of files) read.push(await readRuleBodies(file, resolve(io.cwd, file), language))
  const counts = { new: 0, changed: 0, unchanged: 0, deleted: 0 }
  const { groups: kept } = await ask<StoredRuleGroupsResponse>(client(), 'GET', PATH)
  const wanted = new Map<string, Set<string>>()
  for (const { namespace: ofFile, groups } of read) {
    const namespace = flags.text('namespace') ?? ofFile
    const names = wanted.get(namespace) ?? new Set()
    wanted.set(namespace, names)
    for (const group of groups) {
      if (names.has(group.name)) {
        throw new Failure(
          `the group ${JSON.stringify(group.name)} comes twice for the namespace ${JSON.stringify(namespace)}`,
        )
      }
      names.add(group.name)
      const state = await pushOne(client(), language, namespace, group, kept)
      counts[state]++
      if (state !== 'unchanged') note(`${state}: ${namespace} / ${group.name}`)
    }
  }
  for (const { language: of, namespace, group, version } of flags.switch('prune') ? kept : []) {
    const names = of === language ? wanted.get(namespace) : undefined
    if (names === undefined || names.has(group.name)) continue
    await ask(client(), 'DELETE', `${pathOf(language, namespace, group.name)}?version=${version}`)
    counts.deleted++
    note(`deleted: ${namespace} / ${group.name}`)
  }
  const deleted = counts.deleted === 0 ? '' : `, ${counts.deleted} deleted`
  note(`${counts.new} new, ${counts.changed} changed, ${counts.unchanged} unchanged${deleted}`)
  return EXIT.ok
}

async function pushOne(
  client: Client,
  language: RuleLanguage,
  namespace: string,
  group: RuleGroupBody,
  kept: readonly StoredRuleGroup[],
): Promise<'new' | 'changed' | 'unchanged'> {
  const old = kept.find(
    (one) => one.language === language && one.namespace === namespace && one.group.name === group.name,
  )
  if (old !== undefined && sameJson(old.group, group)) return 'unchanged'
  await ask(client, 'PUT', pathOf(language, namespace, group.name), { group, version: old?.version ?? 0 })
  return old === undefined ? 'new' : 'changed'
}

async function groupsOf(
  client: Client,
  language: RuleLanguage,
  namespace: string,
  name: string | undefined,
): Promise<readonly StoredRuleGroup[]> {
  const { groups } = await ask<StoredRuleGroupsResponse>(client, 'GET', PATH)
  const found = groups.filter(
    (one) =>
      one.language === language && one.namespace === namespace && (name === undefined || one.group.name === name),
  )
  if (found.length > 0) return found
  const group = name === undefined ? '' : `group ${JSON.stringify(name)} in the `
  throw new Failure(
    `the store has no ${group}namespace ${JSON.stringify(namespace)} of ${language} rules: girok rules list shows what there is`,
  )
}

function pathOf(...names: readonly string[]): string {
  return `${PATH}/${names.map(encodeURIComponent).join('/')}`
}
