import { signal } from '@preact/signals'

const storageKey = 'girok.token'

/** True while the server waits for a token: the shell then shows the prompt. */
export const tokenWanted = signal(false)
/** True after a token was refused, for the words of the prompt. */
export const tokenRefused = signal(false)

let waiting: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined

/** The token of this tab, or undefined. It lives in sessionStorage: closing the tab forgets it. */
export function currentToken(): string | undefined {
  try {
    return window.sessionStorage.getItem(storageKey) ?? undefined
  } catch {
    return undefined
  }
}

/** Shows the prompt and resolves when a token was given. Callers of the same moment share one prompt. */
export function askForToken(refused: string | undefined): Promise<void> {
  if (refused !== currentToken()) return Promise.resolve()
  if (waiting === undefined) {
    let resolve = (): void => {}
    const promise = new Promise<void>((done) => {
      resolve = done
    })
    waiting = { promise, resolve }
  }
  tokenRefused.value = refused !== undefined
  tokenWanted.value = true
  return waiting.promise
}

export function giveToken(token: string): void {
  window.sessionStorage.setItem(storageKey, token)
  tokenWanted.value = false
  waiting?.resolve()
  waiting = undefined
}

/** Subprotocols of a websocket: browsers cannot set headers there, so the token travels as a protocol name. */
export function socketProtocols(token: string | undefined): string[] {
  if (token === undefined) return []
  const bytes = new TextEncoder().encode(token)
  const base64 = btoa(String.fromCharCode(...bytes))
  return ['girok', `girok.token.${base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`]
}
