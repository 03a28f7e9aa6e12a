import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { AGENT_FILE } from '../app/agent.ts'
import { ConfigProblem } from '../model/problem.ts'
import type { CommandContext } from './command.ts'
import { configurationOf } from './configuration.ts'

/**
 * Asks the agent that runs with the data directory of the command's configuration; resolves to the body of its answer.
 * @throws ConfigProblem when none has run there, or it does not answer
 */
export async function askAgent(
  context: CommandContext,
  path: string,
  { method = 'GET', timeoutMs = 10_000 }: { readonly method?: string; readonly timeoutMs?: number } = {},
): Promise<string> {
  const { flags, io } = context
  const dataDir = typeof flags.data === 'string' ? flags.data : (await configurationOf(context)).dataDir
  const url = urlOf(resolve(io.cwd, dataDir), dataDir)
  let response: Response
  let body: string
  try {
    response = await fetch(`${url}${path}`, { method, signal: AbortSignal.timeout(timeoutMs) })
    body = await response.text()
  } catch (error) {
    throw new ConfigProblem(`the agent does not answer at ${url}: is it running? (${reason(error)})`)
  }
  if (!response.ok) throw new ConfigProblem(body.trim())
  return body
}

function urlOf(folder: string, named: string): string {
  let url: string | undefined
  try {
    url = (JSON.parse(readFileSync(join(folder, AGENT_FILE), 'utf8')) as { url?: string }).url
  } catch {
    throw new ConfigProblem(`no agent has run with the data directory ${named}: name another by --data or --config`)
  }
  if (url === undefined) throw new ConfigProblem('the agent serves no status: set status.enabled to true')
  return url
}

function reason(error: unknown): string {
  const { cause } = error as { cause?: NodeJS.ErrnoException }
  return cause?.code ?? (error as Error).message
}
