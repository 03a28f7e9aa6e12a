/** PromQL: the language of Prometheus 3 and its evaluation over float samples. A part of its own, so that pages without it stay small. */
export type * from './ast.ts'
export type * from './eval/types.ts'
export type { PromFunction } from './function-type.ts'
export { PROM_FUNCTIONS } from './functions.ts'
