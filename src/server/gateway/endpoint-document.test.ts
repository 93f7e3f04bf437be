import { expect, test } from 'vitest'
import { endpointDocument } from './endpoint-document.ts'
import { endpoints } from './gateway.ts'

test('the documented endpoints are the ones served', async () => {
  await expect(endpointDocument(endpoints)).toMatchFileSnapshot(
    '../../../docs/reference/endpoints.md',
  )
})
