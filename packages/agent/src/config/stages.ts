import type { CompiledStages, StageRun } from '@girok/query/process'
import { type ConfigPath, type Located, problemAt } from './checked.ts'

/** Remembers nothing, so one serves thousands of files. */
const STRAIGHT: StageRun = {
  push: (entry, out) => out(entry),
  flush: () => {},
  held: () => undefined,
  pauseUntilMs: () => 0,
}

/** No stages at all: what an input has that names none. */
const NONE: CompiledStages = {
  needsFlush: false,
  pauses: false,
  metrics: [],
  names: [],
  open: () => STRAIGHT,
}

/**
 * Compiles the processors of an input. The stages are loaded by who has some: with the languages that they bring along they
 * are a tenth of the agent's memory.
 * @throws ConfigProblem at the stage that is wrong
 */
export async function stagesOf(config: unknown, yaml: Located, path: ConfigPath): Promise<CompiledStages> {
  if (config === undefined || config === null || (Array.isArray(config) && config.length === 0)) return NONE
  const { compileStages, StageProblem } = await import('./stage-compiler.ts')
  try {
    return compileStages(config, '')
  } catch (error) {
    if (!(error instanceof StageProblem)) throw error
    throw problemAt(yaml, [...path, ...stepsOf(error.path)], error.reason)
  }
}

/** `[2].regex.expression` as steps. */
function stepsOf(path: string): (string | number)[] {
  return [...path.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, name = '']) =>
    index === undefined ? name : Number(index),
  )
}
