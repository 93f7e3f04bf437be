import { requestError } from '../../../wire/request-error.ts'
import { type Endpoint, type Method, open } from '../endpoint.ts'

type Route = `${Method} /${string}`

/** What Binance has under these names and this venue does not: the answer says so, and why a client gets nothing. */
const UNSERVED: Readonly<Record<string, readonly Route[]>> = {
  'smart order routing': ['POST /api/v3/sor/order', 'POST /api/v3/sor/order/test'],
  allocations: ['GET /api/v3/myAllocations'],
  'lists with a pegged order': ['POST /api/v3/orderList/opo', 'POST /api/v3/orderList/opoco'],
  'a list of flows': ['GET /sapi/v1/margin/capital-flow'],
  'conversion of small balances': [
    'POST /sapi/v1/asset/dust',
    'GET /sapi/v1/asset/dribblet',
    'GET /sapi/v1/margin/dribblet',
  ],
  'liquidation loans': [
    'GET /sapi/v1/margin/liquidation-loan',
    'POST /sapi/v1/margin/liquidation-loan/repay',
    'GET /sapi/v1/margin/liquidation-loan/repay-history',
  ],
  'special keys': [
    'POST /sapi/v1/margin/apiKey',
    'GET /sapi/v1/margin/apiKey',
    'DELETE /sapi/v1/margin/apiKey',
    'PUT /sapi/v1/margin/apiKey/ip',
    'GET /sapi/v1/margin/api-key-list',
    'POST /sapi/v1/margin/exit-special-key-mode',
  ],
  'cross margin pro': ['GET /sapi/v1/margin/leverageBracket'],
  'collateral ratios for liquidation alone': ['GET /sapi/v1/margin/risk-based-liquidation-ratio'],
}

/** -1020, instead of an empty list that would be taken for the truth. */
export const unservedEndpoints: readonly Endpoint[] = Object.entries(UNSERVED).flatMap(
  ([what, routes]) =>
    routes.map((route) =>
      open(route, 1, () => {
        throw requestError('not_offered', { what })
      }),
    ),
)
