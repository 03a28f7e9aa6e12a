/** `@girok/server/rules`: checking and testing files of rules, for the command line. */
export { bodyOf, ruleFileText } from '../rules/rule-body.ts'
export { type RuleFile, readRuleFile } from '../rules/rule-file.ts'
export { findRuleFiles } from '../rules/rule-paths.ts'
export { type RuleTestReport, runRuleTests } from './run-tests.ts'
