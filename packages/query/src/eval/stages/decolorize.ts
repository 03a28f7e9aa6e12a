import type { StageCompiler } from './stage.ts'

// Control sequences (CSI), operating-system commands (OSC, ended by BEL or ST) and two-character escapes.
const ANSI =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what this removes
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()#][0-9A-Za-z]|\x1b[=>78cDEHMNOZ]/g

/** The text without terminal escape sequences. */
export function withoutColors(text: string): string {
  return text.includes('\x1b') || text.includes('\x9b') ? text.replace(ANSI, '') : text
}

/** `decolorize`: removes terminal escape sequences from the line. */
export const compileDecolorize: StageCompiler<'decolorize'> = () => (state) => {
  state.line = withoutColors(state.line)
  return true
}
