import type { Command } from '../command.ts'
import { agent } from './agent.ts'
import { alerts } from './alerts.ts'
import { config } from './config.ts'
import { dashboards } from './dashboards.ts'
import { help } from './help.ts'
import { push } from './push.ts'
import { query } from './query.ts'
import { rules } from './rules.ts'
import { serve } from './serve.ts'
import { tail } from './tail.ts'
import { token } from './token.ts'
import { version } from './version.ts'

/** Every command, in the order of help. */
export const commands: readonly Command[] = [
  serve,
  agent,
  query,
  tail,
  push,
  dashboards,
  rules,
  alerts,
  config,
  token,
  version,
  help,
]
