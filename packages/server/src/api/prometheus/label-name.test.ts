import { expect, test } from 'vitest'
import { unescapeLabelName } from './label-name.ts'

test.each([
  ['job', 'job'],
  ['U__http_2e_method', 'http.method'],
  ['U__a__b', 'a_b'],
  ['U__mod_eb_87_ec__x', 'U__mod_eb_87_ec__x'],
  ['U___1f600_', '😀'],
  ['U___d55c__ae00_', '한글'],
  ['U___d800_', 'U___d800_'],
  ['U__broken_', 'U__broken_'],
  ['u__a__b', 'u__a__b'],
])('%s stands for %s', (text, name) => {
  expect(unescapeLabelName(text)).toBe(name)
})
