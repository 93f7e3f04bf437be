import type { MainClient, WebsocketAPIClient } from 'binance'
import { expect } from 'vitest'
import type { ClientCall } from './client-call.ts'

export interface BinanceWorld {
  readonly rest: MainClient
  /** Of a filled market order, on spot and on margin. */
  readonly filled: { readonly spot: number; readonly margin: number }
  readonly far: number
}

type Call = ClientCall<BinanceWorld>
// Its request types want parameters that Binance does not, and lack some that it has.
// biome-ignore lint/suspicious/noExplicitAny: see above.
type Loose = any

const symbol = 'BTCUSDT'
const NUMBER = expect.any(Number)
const TEXT = expect.any(String)
const some = (shape: object) => expect.arrayContaining([expect.objectContaining(shape)])
const BOOK = { lastUpdateId: NUMBER, bids: some([]), asks: some([]) }
const ORDER = { symbol, orderId: NUMBER, status: TEXT, origQty: TEXT }
const TICKER = { symbol, lastPrice: TEXT, volume: TEXT }
const LIST = { orderListId: NUMBER, contingencyType: TEXT, orders: some({ orderId: NUMBER }) }

function call(method: keyof MainClient, params: object | undefined, shows: unknown): Call {
  return { method, call: ({ rest }) => (rest[method] as Loose)(params), shows }
}

const limit = (far: number) => ({
  symbol,
  side: 'BUY',
  type: 'LIMIT',
  timeInForce: 'GTC',
  quantity: 0.01,
  price: far,
})
const oco = (far: number) => ({
  symbol,
  side: 'SELL',
  quantity: 0.01,
  price: Math.floor(far * 1.4),
  stopPrice: far,
})

const MARKET_CALLS: readonly Call[] = [
  call('testConnectivity', undefined, {}),
  call('getExchangeInfo', undefined, { timezone: 'UTC', symbols: some({ symbol }) }),
  call('getOrderBook', { symbol }, BOOK),
  call('getRecentTrades', { symbol }, some({ id: NUMBER, price: TEXT })),
  call('getHistoricalTrades', { symbol }, some({ id: NUMBER, price: TEXT })),
  call('getAggregateTrades', { symbol }, some({ a: NUMBER, p: TEXT, m: expect.any(Boolean) })),
  call('getKlines', { symbol, interval: '1m' }, expect.arrayContaining([expect.any(Array)])),
  call('getUIKlines', { symbol, interval: '1m' }, expect.arrayContaining([expect.any(Array)])),
  call('getAvgPrice', { symbol }, { mins: NUMBER, price: TEXT }),
  call('get24hrChangeStatistics', { symbol }, TICKER),
  call('getTradingDayTicker', { symbol }, TICKER),
  call('getSymbolPriceTicker', { symbol }, { symbol, price: TEXT }),
  call('getSymbolOrderBookTicker', { symbol }, { symbol, bidPrice: TEXT }),
  call('getRollingWindowTicker', { symbol, windowSize: '7d' }, TICKER),
]

/** An order that rests, by its id. */
async function restingSpot({ rest, far }: BinanceWorld): Promise<number> {
  return ((await rest.submitNewOrder(limit(far) as Loose)) as Loose).orderId
}

async function restingMargin({ rest, far }: BinanceWorld): Promise<number> {
  return ((await rest.marginAccountNewOrder(limit(far) as Loose)) as Loose).orderId
}

const SPOT_CALLS: readonly Call[] = [
  {
    method: 'submitNewOrder',
    call: ({ rest, far }) => rest.submitNewOrder(limit(far) as Loose),
    shows: { ...ORDER, fills: [] },
  },
  {
    method: 'testNewOrder',
    call: ({ rest, far }) => rest.testNewOrder(limit(far) as Loose),
    shows: {},
  },
  {
    method: 'getOrder',
    call: ({ rest, filled }) => rest.getOrder({ symbol, orderId: filled.spot }),
    shows: { ...ORDER, status: 'FILLED' },
  },
  call('getOpenOrders', { symbol }, some(ORDER)),
  call('getAllOrders', { symbol }, some(ORDER)),
  {
    method: 'cancelOrder',
    call: async (world) =>
      world.rest.cancelOrder({ symbol, orderId: await restingSpot(world) } as Loose),
    shows: { ...ORDER, status: 'CANCELED' },
  },
  {
    method: 'replaceOrder',
    call: async (world) =>
      world.rest.replaceOrder({
        ...limit(world.far),
        cancelReplaceMode: 'STOP_ON_FAILURE',
        cancelOrderId: await restingSpot(world),
      } as Loose),
    shows: { cancelResult: 'SUCCESS', newOrderResult: 'SUCCESS' },
  },
  {
    method: 'submitNewOCO',
    call: ({ rest, far }) => rest.submitNewOCO(oco(far) as Loose),
    shows: { ...LIST, contingencyType: 'OCO' },
  },
  call('getAllOpenOCO', undefined, some(LIST)),
  call('getAllOCO', undefined, some(LIST)),
  call('cancelAllSymbolOrders', { symbol }, some({})),
  call('getAccountInformation', undefined, { uid: NUMBER, balances: some({ asset: 'USDT' }) }),
  call('getAccountTradeList', { symbol }, some({ id: NUMBER, commission: TEXT })),
  call('getOrderRateLimit', undefined, some({ rateLimitType: 'ORDERS', count: NUMBER })),
  call('getPreventedMatches', { symbol, orderId: 1 }, []),
  call('getCommissionRates', { symbol }, { symbol, standardCommission: { maker: TEXT } }),
]

const MARGIN_CALLS: readonly Call[] = [
  call('getAllCrossMarginPairs', undefined, some({ symbol, isMarginTrade: true })),
  call('getAllMarginAssets', undefined, some({ assetName: 'BTC', userMinBorrow: TEXT })),
  call('getCrossMarginCollateralRatio', undefined, some({ assetNames: expect.any(Array) })),
  call('getMarginDelistSchedule', undefined, []),
  call('queryMarginPriceIndex', { symbol }, { symbol, price: TEXT, calcTime: NUMBER }),
  call('getMarginAvailableInventory', { type: 'MARGIN' }, { assets: { BTC: TEXT } }),
  call(
    'getNextHourlyInterestRate',
    { assets: 'BTC', isIsolated: false },
    some({ asset: 'BTC', nextHourlyInterestRate: TEXT }),
  ),
  call('getMarginInterestRateHistory', { asset: 'BTC' }, some({ dailyInterestRate: TEXT })),
  call('getCrossMarginFeeData', undefined, some({ coin: 'BTC', dailyInterest: TEXT })),
  call('getMarginSummary', undefined, { normalBar: TEXT }),
  call('queryCrossMarginAccountDetails', undefined, {
    marginLevel: TEXT,
    userAssets: some({ asset: 'BTC', borrowed: TEXT }),
  }),
  call('queryMaxBorrow', { asset: 'USDT' }, { amount: TEXT, borrowLimit: TEXT }),
  call('queryMaxTransferOutAmount', { asset: 'USDT' }, { amount: TEXT }),
  call('updateCrossMarginMaxLeverage', { maxLeverage: 3 }, { success: true }),
  call(
    'submitMarginAccountBorrowRepay',
    { asset: 'BTC', isIsolated: 'FALSE', symbol, amount: 0.1, type: 'BORROW' },
    { tranId: NUMBER },
  ),
  call(
    'getMarginAccountBorrowRepayRecords',
    { type: 'BORROW', asset: 'BTC' },
    { rows: some({ txId: NUMBER, status: 'CONFIRMED' }), total: NUMBER },
  ),
  call('getMarginInterestHistory', { asset: 'BTC' }, { rows: some({ type: 'ON_BORROW' }) }),
  call('getMarginForceLiquidationRecord', {}, { rows: [], total: 0 }),
  {
    method: 'marginAccountNewOrder',
    call: ({ rest, far }) => rest.marginAccountNewOrder(limit(far) as Loose),
    shows: { ...ORDER, isIsolated: false },
  },
  {
    method: 'queryMarginAccountOrder',
    call: ({ rest, filled }) => rest.queryMarginAccountOrder({ symbol, orderId: filled.margin }),
    shows: { ...ORDER, status: 'FILLED' },
  },
  call('queryMarginAccountOpenOrders', { symbol }, some(ORDER)),
  call('queryMarginAccountAllOrders', { symbol }, some(ORDER)),
  call('queryMarginAccountTradeList', { symbol }, some({ id: NUMBER, isIsolated: false })),
  {
    method: 'marginAccountCancelOrder',
    call: async (world) =>
      world.rest.marginAccountCancelOrder({ symbol, orderId: await restingMargin(world) } as Loose),
    shows: { symbol, status: 'CANCELED' },
  },
  {
    method: 'marginAccountNewOCO',
    call: ({ rest, far }) => rest.marginAccountNewOCO({ ...oco(far), quantity: 0.001 } as Loose),
    shows: { ...LIST, isIsolated: false },
  },
  call('queryMarginAccountOpenOCO', {}, some(LIST)),
  call('queryMarginAccountAllOCO', {}, some(LIST)),
  call('marginAccountCancelOpenOrders', { symbol }, some({})),
  call('getMarginOrderCountUsage', {}, some({ rateLimitType: 'ORDERS', count: NUMBER })),
  call('getMarginListenToken', {}, { token: TEXT, expirationTime: NUMBER }),
]

const WALLET_CALLS: readonly Call[] = [
  call(
    'submitUniversalTransfer',
    { type: 'MAIN_MARGIN', asset: 'USDT', amount: 1 },
    { tranId: NUMBER },
  ),
  call(
    'getUniversalTransferHistory',
    { type: 'MAIN_MARGIN' },
    { rows: some({ status: 'CONFIRMED' }) },
  ),
  call('getCrossMarginTransferHistory', {}, { rows: some({ type: 'ROLL_IN' }) }),
  call('getSystemStatus', undefined, { status: 0 }),
  call('getAccountStatus', undefined, { data: 'Normal' }),
  call('getApiTradingStatus', undefined, { data: { isLocked: false } }),
  call('getApiKeyPermissions', undefined, { enableReading: true, enableMargin: true }),
  call('getTradeFee', { symbol }, [{ symbol, makerCommission: TEXT }]),
  call('getUserAsset', {}, some({ asset: 'USDT', free: TEXT })),
  call('getFundingAsset', {}, []),
  call('getWalletBalances', {}, some({ walletName: 'Cross Margin', balance: TEXT })),
  call('getBNBBurn', undefined, { spotBNBBurn: false }),
]

export const BINANCE_CALLS = [...MARKET_CALLS, ...SPOT_CALLS, ...MARGIN_CALLS, ...WALLET_CALLS]

export interface RequestsWorld {
  readonly requests: WebsocketAPIClient
  readonly filled: number
  readonly far: number
}

/** Its requests go unstamped unless they are given the time. */
const stamped = (params: object) => ({ ...params, timestamp: Date.now() }) as Loose

function ask(
  method: keyof WebsocketAPIClient,
  params: object | undefined,
  result: unknown,
): ClientCall<RequestsWorld> {
  return {
    method,
    call: ({ requests }) => (requests[method] as Loose)(params),
    shows: { status: 200, result },
  }
}

function askSigned(
  method: keyof WebsocketAPIClient,
  params: (world: RequestsWorld) => object,
  result: unknown,
): ClientCall<RequestsWorld> {
  return {
    method,
    call: (world) => (world.requests[method] as Loose)(stamped(params(world))),
    shows: { status: 200, result },
  }
}

export const BINANCE_REQUESTS: readonly ClientCall<RequestsWorld>[] = [
  ask('testSpotConnectivity', undefined, {}),
  ask('getSpotServerTime', undefined, { serverTime: NUMBER }),
  ask('getSpotExchangeInfo', undefined, { symbols: some({ symbol }) }),
  ask('getSpotOrderBook', { symbol }, BOOK),
  ask('getSpotRecentTrades', { symbol }, some({ id: NUMBER })),
  ask('getSpotHistoricalTrades', { symbol }, some({ id: NUMBER })),
  ask('getSpotAggregateTrades', { symbol }, some({ a: NUMBER })),
  ask('getSpotKlines', { symbol, interval: '1m' }, expect.arrayContaining([expect.any(Array)])),
  ask('getSpotUIKlines', { symbol, interval: '1m' }, expect.arrayContaining([expect.any(Array)])),
  ask('getSpotAveragePrice', { symbol }, { price: TEXT }),
  ask('getSpotExecutionRules', { symbol }, { symbolRules: expect.any(Array) }),
  ask('getSpotReferencePrice', { symbol }, { referencePrice: TEXT }),
  ask('getSpot24hrTicker', { symbol }, TICKER),
  ask('getSpotTradingDayTicker', { symbol }, TICKER),
  ask('getSpotTicker', { symbol, windowSize: '2d' }, TICKER),
  ask('getSpotSymbolPriceTicker', { symbol }, { price: TEXT }),
  ask('getSpotSymbolOrderBookTicker', { symbol }, { bidPrice: TEXT }),
  askSigned('submitNewSpotOrder', ({ far }) => limit(far), ORDER),
  askSigned('testSpotOrder', ({ far }) => limit(far), {}),
  askSigned('getSpotOrderStatus', ({ filled }) => ({ symbol, orderId: filled }), ORDER),
  askSigned('getSpotOpenOrders', () => ({ symbol }), some(ORDER)),
  askSigned('getSpotAllOrders', () => ({ symbol }), some(ORDER)),
  askSigned('getSpotOpenOrderLists', () => ({}), expect.any(Array)),
  askSigned('getSpotAllOrderLists', () => ({}), expect.any(Array)),
  askSigned('cancelAllSpotOpenOrders', () => ({ symbol }), some({ status: 'CANCELED' })),
  askSigned('getSpotAccountInformation', () => ({}), { balances: some({ asset: 'BTC' }) }),
  askSigned('getSpotOrderRateLimits', () => ({}), some({ rateLimitType: 'ORDERS' })),
  askSigned('getSpotMyTrades', () => ({ symbol }), some({ id: NUMBER })),
  askSigned('getSpotPreventedMatches', () => ({ symbol, orderId: 1 }), []),
  askSigned('getSpotAccountCommission', () => ({ symbol }), { symbol }),
]
