import { faultCode } from './file-stat.ts'

/** What follows files and can say of each whether everything in it was given on. */
export interface ReadState {
  isRead(path: string): boolean | undefined
}

const telling = new Set<ReadState>()

export function startTelling(state: ReadState): void {
  telling.add(state)
}

export function stopTelling(state: ReadState): void {
  telling.delete(state)
}

/**
 * Whether nothing in a file is still to be read by a running input of this process: files that no input follows are read,
 * those that one will follow and has not opened are not. What was read may not be in the spool yet for a moment.
 */
export function isRead(path: string): boolean {
  for (const state of telling) {
    try {
      if (state.isRead(path) === false) return false
    } catch (error) {
      if (faultCode(error) === undefined) throw error
      return false
    }
  }
  return true
}
