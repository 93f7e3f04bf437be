import { expect, test } from 'vitest'
import { errorDocument } from './error-document.ts'

test('W4 the documented error table is the one in force, line for line', async () => {
  await expect(errorDocument()).toMatchFileSnapshot('../../docs/reference/errors.md')
})
