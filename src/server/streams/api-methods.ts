import type { UserId } from '../../core/domain/ids.ts'
import type { Parameters } from '../../wire/parameters.ts'
import type { ApiKey, Right } from '../access/api-key.ts'
import { lowersRisk } from '../gateway/lowers-risk.ts'

/** One call of a REST endpoint, as its handler gets it. */
export interface EndpointCall<Context> {
  readonly deps: Context
  readonly parameters: Parameters
  readonly body: string
  readonly id: string
  readonly headers: Map<string, string>
}

export interface UserEndpointCall<Context> extends EndpointCall<Context> {
  readonly userId: UserId
  readonly key: ApiKey | null
  readonly isLate: () => boolean
}

interface EndpointBase {
  readonly method: string
  readonly path: string
  readonly weight: { readonly of: number | ((parameters: Parameters) => number) }
}

/** A REST endpoint, as far as the WebSocket API needs to know it. */
export type RestEndpoint<Context> =
  | (EndpointBase & {
      readonly access: 'open'
      readonly handle: (call: EndpointCall<Context>) => unknown
    })
  | (EndpointBase & {
      readonly access: 'key' | 'signed'
      readonly permission: Right
      readonly handle: (call: UserEndpointCall<Context>) => unknown
    })

/** Who asks, and how. */
export interface Asked {
  readonly key: ApiKey
  /** Receives what REST would send beside the answer. */
  readonly headers: Map<string, string>
  readonly isLate: () => boolean
}

/** A method of the WebSocket API that a REST endpoint answers. */
export type ApiMethod = {
  readonly weight: (parameters: Parameters) => number
  readonly lowersRisk: (parameters: Parameters) => boolean
} & (
  | { readonly access: 'open'; readonly run: (parameters: Parameters) => unknown }
  | {
      readonly access: 'key' | 'signed'
      readonly permission: Right
      readonly run: (parameters: Parameters, asked: Asked) => unknown
    }
)

/** Methods that are a REST endpoint by another name: same parameters, same answer. */
const ROUTES: Readonly<Record<string, string>> = {
  ping: 'GET /api/v3/ping',
  time: 'GET /api/v3/time',
  exchangeInfo: 'GET /api/v3/exchangeInfo',
  executionRules: 'GET /api/v3/executionRules',
  referencePrice: 'GET /api/v3/referencePrice',
  depth: 'GET /api/v3/depth',
  'trades.recent': 'GET /api/v3/trades',
  'trades.historical': 'GET /api/v3/historicalTrades',
  'trades.aggregate': 'GET /api/v3/aggTrades',
  klines: 'GET /api/v3/klines',
  uiKlines: 'GET /api/v3/uiKlines',
  avgPrice: 'GET /api/v3/avgPrice',
  ticker: 'GET /api/v3/ticker',
  'ticker.24hr': 'GET /api/v3/ticker/24hr',
  'ticker.tradingDay': 'GET /api/v3/ticker/tradingDay',
  'ticker.price': 'GET /api/v3/ticker/price',
  'ticker.book': 'GET /api/v3/ticker/bookTicker',
  'order.place': 'POST /api/v3/order',
  'order.test': 'POST /api/v3/order/test',
  'order.status': 'GET /api/v3/order',
  'order.cancel': 'DELETE /api/v3/order',
  'order.cancelReplace': 'POST /api/v3/order/cancelReplace',
  'order.amend.keepPriority': 'PUT /api/v3/order/amend/keepPriority',
  'order.amendments': 'GET /api/v3/order/amendments',
  'openOrders.status': 'GET /api/v3/openOrders',
  'openOrders.cancelAll': 'DELETE /api/v3/openOrders',
  allOrders: 'GET /api/v3/allOrders',
  'orderList.place': 'POST /api/v3/order/oco',
  'orderList.place.oco': 'POST /api/v3/orderList/oco',
  'orderList.place.oto': 'POST /api/v3/orderList/oto',
  'orderList.place.otoco': 'POST /api/v3/orderList/otoco',
  'orderList.status': 'GET /api/v3/orderList',
  'orderList.cancel': 'DELETE /api/v3/orderList',
  'openOrderLists.status': 'GET /api/v3/openOrderList',
  allOrderLists: 'GET /api/v3/allOrderList',
  myPreventedMatches: 'GET /api/v3/myPreventedMatches',
  myFilters: 'GET /api/v3/myFilters',
  myTrades: 'GET /api/v3/myTrades',
  'account.status': 'GET /api/v3/account',
  'account.commission': 'GET /api/v3/account/commission',
  'account.rateLimits.orders': 'GET /api/v3/rateLimit/order',
  'userDataStream.start': 'POST /api/v3/userDataStream',
  'userDataStream.ping': 'PUT /api/v3/userDataStream',
  'userDataStream.stop': 'DELETE /api/v3/userDataStream',
}

/** The methods that `endpoints` can answer. */
export function apiMethods<Context>(
  endpoints: readonly RestEndpoint<Context>[],
  deps: Context,
): ReadonlyMap<string, ApiMethod> {
  const byRoute = new Map(
    endpoints.map((endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint]),
  )
  const methods = new Map<string, ApiMethod>()
  for (const [method, route] of Object.entries(ROUTES)) {
    const endpoint = byRoute.get(route)
    if (endpoint !== undefined) methods.set(method, methodOf(endpoint, deps))
  }
  return methods
}

function methodOf<Context>(endpoint: RestEndpoint<Context>, deps: Context): ApiMethod {
  const { of } = endpoint.weight
  const costs = {
    weight: typeof of === 'function' ? of : () => of,
    lowersRisk: (parameters: Parameters) => lowersRisk(endpoint, parameters),
  }
  const callOf = (parameters: Parameters, headers = new Map<string, string>()) => ({
    deps,
    parameters,
    body: '',
    id: '',
    headers,
  })
  if (endpoint.access === 'open') {
    const { access, handle } = endpoint
    return { access, ...costs, run: (parameters) => handle(callOf(parameters)) }
  }
  const { access, permission, handle } = endpoint
  return {
    access,
    permission,
    ...costs,
    run: (parameters, { key, headers, isLate }) =>
      handle({ ...callOf(parameters, headers), userId: key.userId, key, isLate }),
  }
}
