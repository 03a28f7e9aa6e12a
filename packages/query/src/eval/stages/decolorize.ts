import type { StageCompiler } from './stage.ts'

// Control sequences (CSI), operating-system commands (OSC, ended by BEL or ST) and two-character escapes.
const ANSI =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what this removes
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()#][0-9A-Za-z]|\x1b[=>78cDEHMNOZ]/g

/** `decolorize`: removes terminal escape sequences from the line. */
export const compileDecolorize: StageCompiler<'decolorize'> = () => (state) => {
  if (state.line.includes('\x1b') || state.line.includes('\x9b')) state.line = state.line.replace(ANSI, '')
  return true
}
