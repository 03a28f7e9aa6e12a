import { expect } from 'vitest'
import type { AlertmanagerConfig } from '../alertmanager-config.ts'
import { type ConfigReading, type ConfigSource, readAlertmanagerConfig } from '../read-config.ts'
import { fakeNotifiers, openNothing } from './fake-notifiers.ts'

/** Reads a text as if it stood in /etc/am/am.yml, with made-up notifiers. */
export function read(text: string, source: Partial<ConfigSource> = {}): ConfigReading {
  return readAlertmanagerConfig(text, {
    name: 'am.yml',
    file: '/etc/am/am.yml',
    notifiers: fakeNotifiers,
    open: openNothing,
    ...source,
  })
}

/** The same of a text that has to be good. */
export function configOf(text: string, source: Partial<ConfigSource> = {}): AlertmanagerConfig {
  const { config, problems } = read(text, source)
  expect(problems).toEqual([])
  return config as AlertmanagerConfig
}

const RECEIVERS = 'receivers: [{name: team}]\n'

/** A good configuration with something put into its route. */
export const good = (route: string): string => `route: {receiver: team, ${route}}\n${RECEIVERS}`
