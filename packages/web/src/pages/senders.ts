// One chunk: the two pages share most of their parts, and a page of the first load names few files.
export { SetupPage } from './setup/page.tsx'
export { SourcesPage } from './sources/page.tsx'
