export type { Input, InputContext, InputKind, SourceStatus } from './model/input.ts'
export { ConfigProblem } from './model/problem.ts'
