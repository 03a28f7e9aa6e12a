import type { InputKind } from '../model/input.ts'

/** Every kind of input by its name; a kind is loaded when a configuration has it, because memory is short. */
export const INPUTS: Readonly<Record<string, () => Promise<InputKind>>> = {
  file: async () => (await import('./file.ts')).file as InputKind,
  docker: async () => (await import('./docker.ts')).docker as InputKind,
  cri: async () => (await import('./cri.ts')).cri as InputKind,
  journald: async () => (await import('./journald.ts')).journald as InputKind,
  stdin: async () => (await import('./stdin.ts')).stdin as InputKind,
  command: async () => (await import('./command.ts')).command as InputKind,
  host: async () => (await import('./host.ts')).host as InputKind,
  gpu: async () => (await import('./gpu.ts')).gpu as InputKind,
  prometheus: async () => (await import('./prometheus.ts')).prometheus as InputKind,
  postgres: async () => (await import('./postgres.ts')).postgres as InputKind,
  mysql: async () => (await import('./mysql.ts')).mysql as InputKind,
}
