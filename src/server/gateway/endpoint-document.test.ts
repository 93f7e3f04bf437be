import { expect, test } from 'vitest'
import { endpointDocument } from './endpoint-document.ts'
import { endpoints } from './gateway.ts'
import { unservedEndpoints } from './rest/unserved.ts'

test('the documented endpoints are the ones served', async () => {
  await expect(endpointDocument(endpoints, unservedEndpoints)).toMatchFileSnapshot(
    '../../../docs/reference/endpoints.md',
  )
})
