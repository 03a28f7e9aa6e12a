export type { PromtailPositions } from './positions.ts'
export { type PromtailOptions, type ReadPromtail, readPromtail } from './read.ts'
