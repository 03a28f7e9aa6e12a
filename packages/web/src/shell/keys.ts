import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { MessageKey } from './i18n.ts'

/** One entry of the registry: it binds the key, feeds the hints of buttons and is a line of the `?` sheet. */
export interface Shortcut {
  readonly id: string
  /** `j`, `?`, `Escape`, `Space`, or a chord `g l`. Letters are case-sensitive: `E` is shift and e. */
  readonly keys: readonly string[]
  readonly title: MessageKey
  readonly group: MessageKey
  /** Answers false when the key is not for it now: the browser then handles the key. */
  readonly run: () => unknown
}

const active = signal<readonly Shortcut[]>([])

/** Every shortcut in force, in order of registration. */
export function shortcuts(): readonly Shortcut[] {
  return active.value
}

/** First key of a shortcut for a hint on a button, or '' when it is not in force. */
export function keyHint(id: string): string {
  return active.value.find((shortcut) => shortcut.id === id)?.keys[0] ?? ''
}

/** Words of a tooltip with the key of a shortcut, when it is in force. */
export function keyTitle(label: string, id: string): string {
  const key = keyHint(id)
  return key === '' ? label : `${label} (${key})`
}

/** Registers shortcuts; answers what takes them out again. */
export function addShortcuts(list: readonly Shortcut[]): () => void {
  active.value = [...active.peek(), ...list]
  return () => {
    active.value = active.peek().filter((shortcut) => !list.includes(shortcut))
  }
}

/** Registers shortcuts while a component is mounted. The list must be stable. */
export function useShortcuts(list: readonly Shortcut[]): void {
  useEffect(() => addShortcuts(list), [list])
}

/**
 * Name of the key pressed. With a Hangul or kana input method switched on, a letter key reports a letter of that script
 * (or "Process"), so the place of the key on the keyboard decides.
 */
export function keyName(event: Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey'>): string {
  if (event.key === ' ') return 'Space'
  const ascii = event.key.length === 1 && event.key.charCodeAt(0) < 128
  const named = event.key.length > 1 && event.key !== 'Process' && event.key !== 'Unidentified'
  if (ascii || named) return event.key
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1]
  if (letter === undefined) return event.key
  return event.shiftKey ? letter : letter.toLowerCase()
}

function isEditable(target: EventTarget | undefined): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName)
}

/** Keys held with ⌘ on a Mac and Ctrl elsewhere are written `Ctrl+k`; they work in fields as well. */
const mac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent)

/** A key as people know it from their keyboard. */
export function keyLabel(key: string): string {
  return mac
    ? key.replace('Ctrl+', '⌘')
    : key.replace(/^Ctrl\+(.)$/, (_, letter: string) => `Ctrl+${letter.toUpperCase()}`)
}

function runHeld(event: KeyboardEvent): void {
  if (event.altKey || event.shiftKey || (mac ? event.ctrlKey : event.metaKey)) return
  if (document.querySelector('dialog[open]') !== null) return
  const held = active.peek().find((s) => s.keys.includes(`Ctrl+${keyName(event)}`))
  if (held !== undefined && held.run() !== false) event.preventDefault()
}

let chordStart = ''
let chordAt = 0

/** Listens for keys on the window. Called once. */
export function startKeys(): void {
  window.addEventListener('keydown', (event) => {
    if (event.isComposing || event.defaultPrevented) return
    if (mac ? event.metaKey : event.ctrlKey) runHeld(event)
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const target = event.composedPath()[0]
    if (isEditable(target)) return
    const name = keyName(event)
    // A focused button or link keeps the keys that press it.
    if ((name === 'Enter' || name === 'Space') && target instanceof Element && target.closest('button, a, summary'))
      return
    if (document.querySelector('dialog[open]') !== null) return
    const chord = event.timeStamp - chordAt < 1200 && chordStart !== '' ? `${chordStart} ${name}` : ''
    const match = [...active.peek()].reverse().find((s) => s.keys.includes(chord === '' ? name : chord))
    chordStart = ''
    if (match !== undefined) {
      if (match.run() !== false) event.preventDefault()
      return
    }
    if (active.peek().some((s) => s.keys.some((keys) => keys.startsWith(`${name} `)))) {
      chordStart = name
      chordAt = event.timeStamp
    }
  })
}
