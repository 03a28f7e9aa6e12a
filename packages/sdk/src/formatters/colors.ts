import { type Environment, processEnvironment } from './process-environment.ts'

interface Terminal {
  readonly isTTY?: boolean
  readonly columns?: number
}

/** A standard stream of this process; none in browsers. */
export function standardStream(name: 'stderr' | 'stdout'): Terminal | undefined {
  return (globalThis as { process?: { stderr?: Terminal; stdout?: Terminal } }).process?.[name]
}

/**
 * Whether a stream should get colours: FORCE_COLOR (`0` and `false` say no, anything else yes), else NO_COLOR when it is
 * not empty (no), else whether it is a terminal that can (TERM is not `dumb`).
 */
export function wantsColors(isTerminal: boolean, environment: Environment = processEnvironment()): boolean {
  const forced = environment.FORCE_COLOR
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  if ((environment.NO_COLOR ?? '') !== '') return false
  return isTerminal && environment.TERM !== 'dumb'
}

const CODES = { dim: [2, 22], bold: [1, 22], red: [31, 39], green: [32, 39], yellow: [33, 39], cyan: [36, 39] } as const

export type Color = keyof typeof CODES

/** Puts text into a colour. */
export type Paint = (color: Color, text: string) => string

/** Paint for a terminal, line by line, so that a cut text does not colour what follows. */
export const paint: Paint = (color, text) => {
  const [on, off] = CODES[color]
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : `\u001b[${on}m${line}\u001b[${off}m`))
    .join('\n')
}

/** Paint that leaves texts alone. */
export const unpainted: Paint = (_color, text) => text
