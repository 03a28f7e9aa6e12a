import { statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { compileGlob } from '../tail/glob.ts'
import { PART } from './atomic-file.ts'
import { type FoundFile, findFiles } from './find-files.ts'
import type { CompiledRule } from './rule.ts'
import { findWrittenFiles } from './written-files.ts'

const DAY_MS = 86_400_000
/** Times of files are set through floating point numbers. */
const TIME_GRAIN_MS = 2

export type Action =
  | { readonly kind: 'compress'; readonly file: FoundFile; readonly into: string }
  | { readonly kind: 'delete'; readonly file: FoundFile; readonly days: number }
  | { readonly kind: 'backup'; readonly folder: string; readonly into: string }
  | { readonly kind: 'upload'; readonly path: string; readonly key: string; readonly to: string }

/** What a rule would do, in this order, and what it would do were there nothing against it. */
export interface Plan {
  readonly actions: readonly Action[]
  readonly kept: readonly { readonly path: string; readonly why: string }[]
}

/** Whether the agent has no more need of a file: read to its end, and delivered. */
export type Safe = (path: string) => { readonly ok: true } | { readonly why: string }

/** Looks at the files of a rule; changes nothing. */
export async function plan(rule: CompiledRule, nowMs: number, safe: Safe): Promise<Plan> {
  const kept: { path: string; why: string }[] = []
  const tell = (path: string, { message }: Error) => kept.push({ path, why: message })
  const backups = await backupActions(rule, nowMs)
  const due = (await candidates(rule, tell)).flatMap((file) => {
    const action = actionFor(rule, file, nowMs)
    return action === undefined ? [] : [action]
  })
  const written = due.length === 0 ? undefined : await findWrittenFiles()
  const actions: Action[] = []
  for (const action of due) {
    const why = reasonAgainst(action, rule, nowMs, safe) ?? written?.writerOf(action.file)
    if (why === undefined) actions.push(action)
    else kept.push({ path: action.file.path, why: why.startsWith('process ') ? `is written by ${why}` : why })
  }
  // Deleting comes last: what is deleted tonight is in tonight's backup.
  const first = actions.filter(({ kind }) => kind === 'compress')
  return { actions: [...backups, ...first, ...actions.filter(({ kind }) => kind === 'delete')], kept }
}

/** Files of the rule, with those that it compressed itself: they are deleted as the files that they were. */
async function candidates(rule: CompiledRule, tell: (path: string, error: Error) => void): Promise<FoundFile[]> {
  const { paths, exclude } = rule
  if (paths.length === 0) return []
  const packed = rule.compressAfter === undefined ? [] : paths.map(({ pattern }) => compileGlob(`${pattern}.gz`))
  const found = await findFiles([...paths, ...packed], exclude, tell)
  return found.filter(({ path }) => !path.endsWith(PART))
}

function actionFor(rule: CompiledRule, file: FoundFile, nowMs: number) {
  const days = Math.floor((nowMs - file.modifiedMs) / DAY_MS)
  if (rule.deleteAfter !== undefined && days > rule.deleteAfter) return { kind: 'delete', file, days } as const
  const packed = /\.(gz|zst|bz2|xz|zip)$/.test(file.path)
  if (rule.compressAfter !== undefined && days > rule.compressAfter && !packed) {
    return { kind: 'compress', file, into: `${file.path}.gz` } as const
  }
  return undefined
}

function reasonAgainst(
  action: Extract<Action, { kind: 'compress' | 'delete' }>,
  rule: CompiledRule,
  nowMs: number,
  safe: Safe,
): string | undefined {
  const { file } = action
  if (nowMs - file.modifiedMs < rule.quietFor) return 'was written a moment ago'
  // One of the same time is this rule's own, made before the agent was killed: it is compared, and the work ended.
  const packed = action.kind === 'compress' ? statSync(action.into, { throwIfNoEntry: false }) : undefined
  if (packed !== undefined && Math.abs(packed.mtimeMs - file.modifiedMs) > TIME_GRAIN_MS) {
    return `${basename(file.path)}.gz is there already, and another one`
  }
  const answer = safe(file.path)
  return 'why' in answer ? answer.why : undefined
}

async function backupActions({ dailyBackup: backup }: CompiledRule, nowMs: number): Promise<Action[]> {
  if (backup === undefined) return []
  const { folder, upload } = backup
  const into = backup.into as string
  const today = join(into, backupName(backup.name, new Date(nowMs)))
  const there = (await readdir(into).catch(() => [])).filter((name) => isBackup(backup.name, name)).sort()
  const made: Action[] = there.includes(basename(today)) ? [] : [{ kind: 'backup', folder, into: today }]
  if (upload === undefined) return made
  // Earlier ones too: a night without network is made up for. Those that the bucket has are not sent again.
  const names = new Set([...there, basename(today)])
  const to = `s3://${upload.bucket}/${upload.prefix}`
  return [...made, ...[...names].map((name) => ({ kind: 'upload', path: join(into, name), key: name, to }) as const)]
}

/** The name of a backup that is made at this local time. */
export function backupName(pattern: string, time: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const fields: Readonly<Record<string, string>> = {
    '%Y': String(time.getFullYear()),
    '%m': two(time.getMonth() + 1),
    '%d': two(time.getDate()),
    '%H': two(time.getHours()),
    '%M': two(time.getMinutes()),
  }
  return pattern.replaceAll(/%[YmdHM]/g, (field) => fields[field] as string)
}

/** Whether a file has such a name, of any day. */
export function isBackup(pattern: string, name: string): boolean {
  const digits = pattern
    .split(/(%[YmdHM])/)
    .map((part) => (part === '%Y' ? '\\d{4}' : /^%[mdHM]$/.test(part) ? '\\d{2}' : part.replaceAll(/[^\w]/g, '\\$&')))
  return new RegExp(`^${digits.join('')}$`).test(name)
}

/** What a plan would do, a line each. */
export function planText({ actions, kept }: Plan): string {
  const lines = actions.map((action) => {
    if (action.kind === 'delete')
      return `delete   ${action.file.path} (${action.file.bytes} bytes, ${action.days} days old)`
    if (action.kind === 'compress') return `compress ${action.file.path} (${action.file.bytes} bytes)`
    if (action.kind === 'backup') return `backup   ${action.folder} into ${action.into}`
    return `upload   ${action.path} to ${action.to}${action.key} unless it is there`
  })
  return [...lines, ...kept.map(({ path, why }) => `keep     ${path}: ${why}`)].map((line) => `${line}\n`).join('')
}
