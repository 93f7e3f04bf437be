import type ccxt from 'ccxt'
import { expect } from 'vitest'
import type { ClientCall } from './client-call.ts'

export type Ccxt = InstanceType<typeof ccxt.pro.binance>

export interface CcxtWorld {
  readonly exchange: Ccxt
  /** Of a filled market order, on spot and on margin. */
  readonly filled: { readonly spot: string; readonly margin: string }
  /** A price nothing trades at, below the market. */
  readonly far: number
}

export const SYMBOL = 'BTC/USDT'
export const CROSS = { type: 'margin', marginMode: 'cross' }
const CROSS_MODE = { marginMode: 'cross' }
const NUMBER = expect.any(Number)
const TEXT = expect.any(String)

const LEVEL = [NUMBER, NUMBER]
const BOOK = {
  symbol: SYMBOL,
  bids: expect.arrayContaining([LEVEL]),
  asks: expect.arrayContaining([LEVEL]),
}
const TICKER = { symbol: SYMBOL, last: NUMBER, baseVolume: NUMBER }
const ORDER = { id: TEXT, symbol: SYMBOL, status: TEXT, amount: NUMBER, filled: NUMBER }
const TRADE = { id: TEXT, symbol: SYMBOL, price: NUMBER, amount: NUMBER, timestamp: NUMBER }
const CANDLE = [NUMBER, NUMBER, NUMBER, NUMBER, NUMBER, NUMBER]
const some = (shape: unknown) => expect.arrayContaining([expect.objectContaining(shape as object)])

/** Places an order that rests, and hands its id on. */
async function resting({ exchange, far }: CcxtWorld, params: object): Promise<string> {
  const order = await exchange.createOrder(SYMBOL, 'limit', 'buy', 0.01, far, params)
  return String(order.id)
}

type Call = ClientCall<CcxtWorld>

const MARKET_CALLS: readonly Call[] = [
  { method: 'fetchTime', call: ({ exchange: e }) => e.fetchTime(), shows: NUMBER },
  { method: 'fetchStatus', call: ({ exchange: e }) => e.fetchStatus(), shows: { status: 'ok' } },
  {
    method: 'fetchMarkets',
    call: ({ exchange: e }) => e.fetchMarkets(),
    shows: some({ symbol: SYMBOL, spot: true, margin: true }),
  },
  {
    method: 'fetchCurrencies',
    call: ({ exchange: e }) => e.fetchCurrencies(),
    shows: { BTC: { code: 'BTC' } },
  },
  {
    method: 'fetchOrderBook',
    call: ({ exchange: e }) => e.fetchOrderBook(SYMBOL, 100),
    shows: BOOK,
  },
  { method: 'fetchTicker', call: ({ exchange: e }) => e.fetchTicker(SYMBOL), shows: TICKER },
  {
    method: 'fetchTickers',
    call: ({ exchange: e }) => e.fetchTickers([SYMBOL]),
    shows: { [SYMBOL]: TICKER },
  },
  {
    method: 'fetchBidsAsks',
    call: ({ exchange: e }) => e.fetchBidsAsks([SYMBOL]),
    shows: { [SYMBOL]: { bid: NUMBER, ask: NUMBER } },
  },
  {
    method: 'fetchLastPrices',
    call: ({ exchange: e }) => e.fetchLastPrices([SYMBOL]),
    shows: { [SYMBOL]: { price: NUMBER } },
  },
  { method: 'fetchTrades', call: ({ exchange: e }) => e.fetchTrades(SYMBOL), shows: some(TRADE) },
  {
    method: 'fetchOHLCV',
    call: ({ exchange: e }) => e.fetchOHLCV(SYMBOL, '1m'),
    shows: expect.arrayContaining([CANDLE]),
  },
]

const ACCOUNT_CALLS: readonly Call[] = [
  {
    method: 'fetchBalance',
    call: ({ exchange: e }) => e.fetchBalance(),
    shows: { USDT: { total: NUMBER } },
  },
  {
    method: 'fetchBalance (cross)',
    call: ({ exchange: e }) => e.fetchBalance(CROSS),
    shows: { USDT: { total: NUMBER, debt: NUMBER } },
  },
  {
    method: 'fetchBalance (funding)',
    call: ({ exchange: e }) => e.fetchBalance({ type: 'funding' }),
    shows: { info: expect.any(Array) },
  },
  {
    method: 'fetchTradingFee',
    call: ({ exchange: e }) => e.fetchTradingFee(SYMBOL),
    shows: { symbol: SYMBOL, maker: NUMBER, taker: NUMBER },
  },
  {
    method: 'fetchTradingFees',
    call: ({ exchange: e }) => e.fetchTradingFees(),
    shows: { [SYMBOL]: { maker: NUMBER } },
  },
  {
    method: 'transfer',
    call: ({ exchange: e }) => e.transfer('USDT', 10, 'spot', 'cross'),
    shows: { id: TEXT },
  },
  {
    method: 'fetchTransfers',
    call: ({ exchange: e }) =>
      e.fetchTransfers('USDT', undefined, undefined, { fromAccount: 'spot', toAccount: 'cross' }),
    shows: some({ currency: 'USDT', amount: NUMBER, status: 'ok' }),
  },
]

/** The same methods on both kinds of account. */
function orderCalls(kind: 'spot' | 'margin', params: object): readonly Call[] {
  const name = (method: string) => (kind === 'spot' ? method : `${method} (cross)`)
  return [
    {
      method: name('createOrder limit'),
      call: ({ exchange: e, far }) => e.createOrder(SYMBOL, 'limit', 'buy', 0.01, far, params),
      shows: { ...ORDER, status: 'open' },
    },
    {
      method: name('createOrder market'),
      call: ({ exchange: e }) => e.createOrder(SYMBOL, 'market', 'buy', 0.01, undefined, params),
      shows: { ...ORDER, status: 'closed', filled: 0.01 },
    },
    {
      method: name('createOrder stop-limit'),
      call: ({ exchange: e, far }) =>
        e.createOrder(SYMBOL, 'limit', 'sell', 0.01, far, { ...params, stopLossPrice: far }),
      shows: { id: TEXT },
    },
    {
      method: name('createOrder post-only'),
      call: ({ exchange: e, far }) =>
        e.createOrder(SYMBOL, 'limit', 'buy', 0.01, far, { ...params, postOnly: true }),
      shows: { id: TEXT, status: 'open' },
    },
    {
      method: name('fetchOrder'),
      call: ({ exchange: e, filled }) => e.fetchOrder(filled[kind], SYMBOL, params),
      shows: { ...ORDER, status: 'closed', average: NUMBER },
    },
    {
      method: name('fetchOrders'),
      call: ({ exchange: e }) => e.fetchOrders(SYMBOL, undefined, undefined, params),
      shows: some(ORDER),
    },
    {
      method: name('fetchOpenOrders'),
      call: ({ exchange: e }) => e.fetchOpenOrders(SYMBOL, undefined, undefined, params),
      shows: some({ status: 'open' }),
    },
    {
      method: name('fetchClosedOrders'),
      call: ({ exchange: e }) => e.fetchClosedOrders(SYMBOL, undefined, undefined, params),
      shows: some({ status: 'closed' }),
    },
    {
      method: name('fetchMyTrades'),
      call: ({ exchange: e }) => e.fetchMyTrades(SYMBOL, undefined, undefined, params),
      shows: some({ ...TRADE, fee: { cost: NUMBER, currency: 'BTC', rate: undefined } }),
    },
    {
      method: name('cancelOrder'),
      call: async (world) =>
        world.exchange.cancelOrder(await resting(world, params), SYMBOL, params),
      shows: { status: 'canceled' },
    },
    {
      method: name('cancelAllOrders'),
      call: ({ exchange: e }) => e.cancelAllOrders(SYMBOL, params),
      shows: some({ status: 'canceled' }),
    },
    {
      method: name('fetchCanceledOrders'),
      call: ({ exchange: e }) => e.fetchCanceledOrders(SYMBOL, undefined, undefined, params),
      shows: some({ status: 'canceled' }),
    },
  ]
}

const SPOT_CALLS: readonly Call[] = [
  {
    method: 'fetchOrderTrades',
    call: ({ exchange: e, filled }) => e.fetchOrderTrades(filled.spot, SYMBOL),
    shows: some(TRADE),
  },
  {
    method: 'createMarketBuyOrderWithCost',
    call: ({ exchange: e }) => e.createMarketBuyOrderWithCost(SYMBOL, 100),
    shows: { status: 'closed', cost: NUMBER },
  },
  {
    method: 'editOrder',
    call: async (world) =>
      world.exchange.editOrder(await resting(world, {}), SYMBOL, 'limit', 'buy', 0.02, world.far),
    shows: { status: 'open', amount: 0.02 },
  },
]

const CROSS_CALLS: readonly Call[] = [
  {
    method: 'borrowCrossMargin',
    call: ({ exchange: e }) => e.borrowCrossMargin('BTC', 0.1),
    shows: { id: TEXT },
  },
  {
    method: 'repayCrossMargin',
    call: ({ exchange: e }) => e.repayCrossMargin('BTC', 0.05),
    shows: { id: TEXT },
  },
  {
    method: 'createOrder AUTO_BORROW_REPAY',
    call: ({ exchange: e }) =>
      e.createOrder(SYMBOL, 'market', 'sell', 0.01, undefined, {
        ...CROSS,
        sideEffectType: 'AUTO_BORROW_REPAY',
      }),
    shows: { status: 'closed' },
  },
  {
    method: 'createOrder reduceOnly',
    call: ({ exchange: e }) =>
      e.createOrder(SYMBOL, 'market', 'buy', 0.01, undefined, { ...CROSS, reduceOnly: true }),
    shows: { status: 'closed' },
  },
  {
    method: 'fetchBorrowInterest',
    call: ({ exchange: e }) =>
      e.fetchBorrowInterest('BTC', undefined, undefined, undefined, CROSS_MODE),
    shows: some({ currency: 'BTC', interest: NUMBER }),
  },
  {
    method: 'fetchCrossBorrowRate',
    call: ({ exchange: e }) => e.fetchCrossBorrowRate('BTC'),
    shows: { currency: 'BTC', rate: NUMBER },
  },
  {
    method: 'fetchBorrowRateHistory',
    call: ({ exchange: e }) => e.fetchBorrowRateHistory('BTC'),
    shows: some({ currency: 'BTC', rate: NUMBER }),
  },
  {
    method: 'fetchMyLiquidations',
    call: ({ exchange: e }) =>
      e.fetchMyLiquidations(undefined, undefined, undefined, { type: 'spot' }),
    shows: [],
  },
  {
    method: 'sapiGetMarginMaxBorrowable',
    call: ({ exchange: e }) => e.sapiGetMarginMaxBorrowable({ asset: 'USDT' }),
    shows: { amount: TEXT, borrowLimit: TEXT },
  },
  {
    method: 'sapiGetMarginMaxTransferable',
    call: ({ exchange: e }) => e.sapiGetMarginMaxTransferable({ asset: 'USDT' }),
    shows: { amount: TEXT },
  },
  {
    method: 'sapiGetMarginPriceIndex',
    call: ({ exchange: e }) => e.sapiGetMarginPriceIndex({ symbol: 'BTCUSDT' }),
    shows: { symbol: 'BTCUSDT', price: TEXT },
  },
  {
    method: 'sapiGetMarginTradeCoeff',
    call: ({ exchange: e }) => e.sapiGetMarginTradeCoeff(),
    shows: { normalBar: TEXT, marginCallBar: TEXT, forceLiquidationBar: TEXT },
  },
  {
    method: 'sapiPostMarginOrderOco',
    call: ({ exchange: e, far }) =>
      e.sapiPostMarginOrderOco({
        symbol: 'BTCUSDT',
        side: 'SELL',
        quantity: '0.001',
        price: String(Math.floor(far * 1.4)),
        stopPrice: String(far),
      }),
    shows: { contingencyType: 'OCO' },
  },
]

const REQUEST_CALLS: readonly Call[] = [
  {
    method: 'createOrderWs',
    call: ({ exchange: e, far }) => e.createOrderWs(SYMBOL, 'limit', 'buy', 0.01, far),
    shows: { ...ORDER, status: 'open' },
  },
  {
    method: 'editOrderWs',
    call: async (world) =>
      world.exchange.editOrderWs(await resting(world, {}), SYMBOL, 'limit', 'buy', 0.02, world.far),
    shows: { id: TEXT },
  },
  {
    method: 'fetchOrderWs',
    call: ({ exchange: e, filled }) => e.fetchOrderWs(filled.spot, SYMBOL),
    shows: { ...ORDER, status: 'closed' },
  },
  {
    method: 'fetchOrdersWs',
    call: ({ exchange: e }) => e.fetchOrdersWs(SYMBOL),
    shows: some(ORDER),
  },
  {
    method: 'fetchOpenOrdersWs',
    call: ({ exchange: e }) => e.fetchOpenOrdersWs(SYMBOL),
    shows: some({ status: 'open' }),
  },
  {
    method: 'fetchMyTradesWs',
    call: ({ exchange: e }) => e.fetchMyTradesWs(SYMBOL),
    shows: some(TRADE),
  },
  {
    method: 'fetchBalanceWs',
    // What it has of the balances is in what it was sent: it reads that as a futures account.
    call: ({ exchange: e }) => e.fetchBalanceWs(),
    shows: { info: { balances: some({ asset: 'USDT' }) } },
  },
  {
    method: 'fetchTradesWs',
    call: ({ exchange: e }) => e.fetchTradesWs(SYMBOL),
    shows: some({ id: TEXT, price: NUMBER, side: TEXT }),
  },
  {
    method: 'fetchOHLCVWs',
    call: ({ exchange: e }) => e.fetchOHLCVWs(SYMBOL, '1m'),
    shows: expect.arrayContaining([CANDLE]),
  },
  {
    method: 'cancelOrderWs',
    call: async (world) => world.exchange.cancelOrderWs(await resting(world, {}), SYMBOL),
    shows: { status: 'canceled' },
  },
  {
    method: 'cancelAllOrdersWs',
    call: ({ exchange: e }) => e.cancelAllOrdersWs(SYMBOL),
    shows: some({ status: 'canceled' }),
  },
]

export const CCXT_CALLS: readonly Call[] = [
  ...MARKET_CALLS,
  ...ACCOUNT_CALLS,
  ...orderCalls('spot', {}),
  ...SPOT_CALLS,
  ...CROSS_CALLS,
  ...orderCalls('margin', CROSS),
  ...REQUEST_CALLS,
]

/** Calls that wait until the venue tells something. */
export const CCXT_WATCHES: readonly ClientCall<Ccxt>[] = [
  { method: 'watchTicker', call: (e) => e.watchTicker(SYMBOL), shows: TICKER },
  { method: 'watchTickers', call: (e) => e.watchTickers([SYMBOL]), shows: { [SYMBOL]: TICKER } },
  {
    method: 'watchBidsAsks',
    call: (e) => e.watchBidsAsks([SYMBOL]),
    shows: { [SYMBOL]: { bid: NUMBER, ask: NUMBER } },
  },
  { method: 'watchOrderBook', call: (e) => e.watchOrderBook(SYMBOL), shows: { symbol: SYMBOL } },
  { method: 'watchTrades', call: (e) => e.watchTrades(SYMBOL), shows: some(TRADE) },
  {
    method: 'watchOHLCV',
    call: (e) => e.watchOHLCV(SYMBOL, '1m'),
    shows: expect.arrayContaining([CANDLE]),
  },
  { method: 'watchBalance', call: (e) => e.watchBalance(), shows: { USDT: { total: NUMBER } } },
  { method: 'watchOrders', call: (e) => e.watchOrders(SYMBOL), shows: some(ORDER) },
  { method: 'watchMyTrades', call: (e) => e.watchMyTrades(SYMBOL), shows: some(TRADE) },
]

/** For an instance of their own: beside spot's, ccxt does not see a margin account's balances change. */
export const CCXT_CROSS_WATCHES: readonly ClientCall<Ccxt>[] = [
  {
    method: 'watchBalance (cross)',
    call: (e) => e.watchBalance(CROSS),
    shows: { USDT: { total: NUMBER } },
  },
  {
    method: 'watchOrders (cross)',
    call: (e) => e.watchOrders(SYMBOL, undefined, undefined, CROSS),
    shows: some(ORDER),
  },
]
