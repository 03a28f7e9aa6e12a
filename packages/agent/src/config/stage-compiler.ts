/** A module of its own, so that the stages and all they need are a part of the program that is loaded only when asked for. */
export { compileStages, dryRun, StageProblem } from '@girok/query/process'
