import { check } from './check.ts'
import type { AgentCommand } from './command.ts'
import { dryRun } from './dry-run.ts'
import { housekeeping } from './housekeeping.ts'
import { run } from './run.ts'
import { status } from './status.ts'
import { version } from './version.ts'

/** Every command, in the order of help. */
export const commands: readonly AgentCommand[] = [run, check, dryRun, status, housekeeping, version]
