import { amountText } from '../../../wire/number-text.ts'
import { requestError } from '../../../wire/request-error.ts'
import { type Call, type Endpoint, keyed, open, signed } from '../endpoint.ts'

/** Lists are empty and truthful; asking for an isolated account is refused. */
export const isolatedEndpoints: readonly Endpoint[] = [
  open('GET /sapi/v1/margin/isolated/allPairs', 10, () => []),
  open('GET /sapi/v1/margin/isolated/pair', 10, refuse),
  signed('GET /sapi/v1/margin/isolated/account', 'READ', 10, isolatedAccount),
  signed('POST /sapi/v1/margin/isolated/account', 'MARGIN', 300, refuse),
  signed('DELETE /sapi/v1/margin/isolated/account', 'MARGIN', 300, refuse),
  signed('POST /sapi/v1/margin/isolated/create', 'MARGIN', 300, refuse),
  signed('GET /sapi/v1/margin/isolated/accountLimit', 'READ', 1, () => ({
    enabledAccount: 0,
    maxAccount: 0,
  })),
  signed('POST /sapi/v1/margin/isolated/transfer', 'TRANSFER', 600, refuse),
  signed('GET /sapi/v1/margin/isolated/transfer', 'READ', 1, refuse),
  signed('GET /sapi/v1/margin/isolatedMarginData', 'READ', 10, () => []),
  signed('GET /sapi/v1/margin/isolatedMarginTier', 'READ', 1, refuse),
  keyed('POST /sapi/v1/userDataStream/isolated', 1, refuse),
  keyed('PUT /sapi/v1/userDataStream/isolated', 1, refuse),
  keyed('DELETE /sapi/v1/userDataStream/isolated', 1, refuse),
]

function refuse(): never {
  throw requestError('isolated')
}

function isolatedAccount({ parameters }: Call): object {
  if (parameters.has('symbols')) throw requestError('isolated')
  const nothing = amountText(0n)
  return {
    assets: [],
    totalAssetOfBtc: nothing,
    totalLiabilityOfBtc: nothing,
    totalNetAssetOfBtc: nothing,
  }
}
