import { mapLeaves } from '../../../model/options/declared.ts'
import type { GlobalOptions, Notifier } from '../../../notify/notifier.ts'
import { destinationOf } from '../../../notify/option-list.ts'
import type { ReadIntegration, ReadReceiver } from './receivers-section.ts'

/** The receivers of a configuration with those of the store, and what `global` gives to them. */
export interface Sending {
  readonly global: GlobalOptions
  readonly receivers: readonly ReadReceiver[]
}

/**
 * What is wrong with a change by somebody who may not see secrets: each secret that is not among those `typed` by him and
 * would go to another address than before, also where the address and the secret stand in different places, such as
 * `global` and a receiver. One text for each receiver, without the secrets.
 */
export function movedSecrets(before: Sending, after: Sending, typed: ReadonlySet<string>): readonly string[] {
  const known = new Set(
    before.receivers.flatMap(({ integrations }) => integrations.flatMap((one) => pairsOf(one, one.options))),
  )
  return after.receivers.flatMap(({ name, integrations }) => {
    const moved = integrations.flatMap((one) => {
      const own = new Set(secretsOf(one.notifier, one.own).map(({ value }) => value))
      // A secret of `global` may go where it would go by itself: to what `global` said before.
      const byItself = new Set(pairsOf(one, withoutDestinations(one, before.global)))
      return secretsOf(one.notifier, one.options)
        .filter(({ value }) => !typed.has(value))
        .filter(({ value }) => {
          const pair = pairOf(one, one.options, value)
          return !known.has(pair) && (own.has(value) || !byItself.has(pair))
        })
        .map(({ at }) => `${one.notifier.configKey}[${one.index}].${at}`)
    })
    if (moved.length === 0) return []
    return [
      `${JSON.stringify(name)} would send ${[...new Set(moved)].join(', ')} elsewhere than before: write the secret anew, here or in global, or leave the address, the proxy and TLS as they are`,
    ]
  })
}

/** Secrets of a configuration by the declaration of a notifier, each with its place: `http_config.basic_auth.password`. */
export function secretsOf(notifier: Notifier, options: unknown): { readonly at: string; readonly value: string }[] {
  const found: { at: string; value: string }[] = []
  mapLeaves(notifier.options, options, ({ value, path, isSecret }) => {
    if (isSecret && typeof value === 'string' && value !== '') found.push({ at: path.join('.'), value })
    return value
  })
  return found
}

function pairsOf(integration: ReadIntegration, options: unknown): string[] {
  return secretsOf(integration.notifier, options).map(({ value }) => pairOf(integration, options, value))
}

/** A secret and where it is sent. */
function pairOf({ type, notifier }: ReadIntegration, options: unknown, secret: string): string {
  const destination: unknown[] = []
  mapLeaves(notifier.options, options, ({ value, path, key }) => {
    const said = path.some((step) => typeof step === 'number') ? undefined : destinationOf(key, value)
    if (said !== undefined) destination.push([path, said])
    return value
  })
  return JSON.stringify([type, secret, destination])
}

/** The options as if they named no address of their own, completed by another `global`; undefined where that is too little. */
function withoutDestinations({ notifier, own }: ReadIntegration, global: GlobalOptions): unknown {
  const entries = Object.entries(own as object).filter(
    ([key, value]) => destinationOf(key, value) === undefined && key !== 'http_config' && key !== 'tls_config',
  )
  try {
    return notifier.complete(Object.fromEntries(entries), global)
  } catch {
    return undefined
  }
}
