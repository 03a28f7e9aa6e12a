// One chunk: the pages share most of their parts, and a page of the first load names few files.
export { AgentsPage } from './agents/page.tsx'
export { SetupPage } from './setup/page.tsx'
export { SourcesPage } from './sources/page.tsx'
export { TargetsPage } from './targets/page.tsx'
