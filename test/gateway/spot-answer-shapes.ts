import type { Shape } from './shape.ts'

/** One request of an endpoint and the shape of Binance's answer to it. */
export interface AnswerShape {
  readonly route: string
  readonly parameters?: Readonly<Record<string, string | number>>
  readonly shape: Shape
}

const symbol = 'BTCUSDT'
const LEVELS: Shape = [{ tuple: ['S', 'S'] }]
const TRADE: Shape = {
  id: 'N',
  price: 'S',
  qty: 'S',
  quoteQty: 'S',
  time: 'N',
  isBuyerMaker: 'B',
  isBestMatch: 'B',
}
const CANDLE: Shape = {
  tuple: ['N', 'S', 'S', 'S', 'S', 'S', 'N', 'S', 'N', 'S', 'S', 'S'],
}
const MINI = {
  symbol: 'T',
  openPrice: 'S',
  highPrice: 'S',
  lowPrice: 'S',
  lastPrice: 'S',
  volume: 'S',
  quoteVolume: 'S',
  openTime: 'N',
  closeTime: 'N',
  firstId: 'N',
  lastId: 'N',
  count: 'N',
} as const
const ROLLING = {
  ...MINI,
  priceChange: 'S',
  priceChangePercent: 'S',
  weightedAvgPrice: 'S',
} as const
const DAY = {
  ...ROLLING,
  prevClosePrice: 'S',
  lastQty: 'S',
  bidPrice: 'S',
  bidQty: 'S',
  askPrice: 'S',
  askQty: 'S',
} as const
const BOOK_TICKER: Shape = { symbol: 'T', bidPrice: 'S', bidQty: 'S', askPrice: 'S', askQty: 'S' }
const LIMIT_ROW = { rateLimitType: 'T', interval: 'T', intervalNum: 'N', limit: 'N' } as const
const FILTER = {
  filterType: 'T',
  ...Object.fromEntries(
    ['minPrice', 'maxPrice', 'tickSize', 'minQty', 'maxQty', 'stepSize', 'minNotional']
      .concat(['maxNotional', 'maxPosition', 'bidMultiplierUp', 'bidMultiplierDown'])
      .concat(['askMultiplierUp', 'askMultiplierDown'])
      .map((name) => [`${name}?`, 'S' as const]),
  ),
  ...Object.fromEntries(
    ['limit', 'avgPriceMins', 'maxNumOrders', 'maxNumAlgoOrders', 'maxNumIcebergOrders']
      .concat(['maxNumOrderLists', 'maxNumOrderAmends', 'minTrailingAboveDelta'])
      .concat(['maxTrailingAboveDelta', 'minTrailingBelowDelta', 'maxTrailingBelowDelta'])
      .map((name) => [`${name}?`, 'N' as const]),
  ),
  'applyMinToMarket?': 'B',
  'applyMaxToMarket?': 'B',
} as const
const SYMBOL: Shape = {
  ...Object.fromEntries(
    ['symbol', 'status', 'baseAsset', 'quoteAsset', 'defaultSelfTradePreventionMode'].map(
      (name) => [name, 'T' as const],
    ),
  ),
  ...Object.fromEntries(
    ['baseAssetPrecision', 'quotePrecision', 'quoteAssetPrecision', 'baseCommissionPrecision']
      .concat(['quoteCommissionPrecision'])
      .map((name) => [name, 'N' as const]),
  ),
  ...Object.fromEntries(
    ['icebergAllowed', 'ocoAllowed', 'otoAllowed', 'opoAllowed', 'quoteOrderQtyMarketAllowed']
      .concat(['allowTrailingStop', 'cancelReplaceAllowed', 'amendAllowed'])
      .concat(['pegInstructionsAllowed', 'isSpotTradingAllowed', 'isMarginTradingAllowed'])
      .map((name) => [name, 'B' as const]),
  ),
  orderTypes: ['T'],
  filters: [FILTER],
  permissions: { any: 'T' },
  permissionSets: [['T']],
  allowedSelfTradePreventionModes: ['T'],
}

const PROGRESS = {
  price: 'S',
  origQty: 'S',
  executedQty: 'S',
  origQuoteOrderQty: 'S',
  cummulativeQuoteQty: 'S',
  status: 'T',
  timeInForce: 'T',
  type: 'T',
  side: 'T',
  selfTradePreventionMode: 'T',
} as const
const NAMES = { symbol: 'T', orderId: 'N', orderListId: 'N', clientOrderId: 'T' } as const
const CONDITIONS = {
  'stopPrice?': 'S',
  'icebergQty?': 'S',
  'trailingDelta?': 'N',
  'expiryReason?': 'N',
} as const
export const ORDER = {
  ...NAMES,
  ...PROGRESS,
  stopPrice: 'S',
  icebergQty: 'S',
  time: 'N',
  updateTime: 'N',
  isWorking: 'B',
  workingTime: 'N',
  'trailingDelta?': 'N',
  'expiryReason?': 'T',
} as const
export const ACK = { ...NAMES, transactTime: 'N' } as const
export const RESULT = { ...ACK, ...PROGRESS, ...CONDITIONS, workingTime: 'N' } as const
export const FILL: Shape = {
  price: 'S',
  qty: 'S',
  commission: 'S',
  commissionAsset: 'T',
  tradeId: 'N',
}
export const FULL = { ...RESULT, fills: { any: FILL } } as const
export const CANCELED = { ...ACK, ...PROGRESS, ...CONDITIONS, origClientOrderId: 'T' } as const
export const LIST = {
  orderListId: 'N',
  contingencyType: 'T',
  listStatusType: 'T',
  listOrderStatus: 'T',
  listClientOrderId: 'T',
  transactionTime: 'N',
  symbol: 'T',
  orders: [{ symbol: 'T', orderId: 'N', clientOrderId: 'T' }],
} as const
const RATES = { maker: 'S', taker: 'S', buyer: 'S', seller: 'S' } as const
const ORDER_RATES: Shape = { maker: 'S', taker: 'S' }
const DISCOUNT = {
  enabledForAccount: 'B',
  enabledForSymbol: 'B',
  discountAsset: 'T',
  discount: 'S',
} as const
export const USER_TRADE = {
  symbol: 'T',
  id: 'N',
  orderId: 'N',
  price: 'S',
  qty: 'S',
  commission: 'S',
  commissionAsset: 'T',
  time: 'N',
  isBuyer: 'B',
  isMaker: 'B',
  isBestMatch: 'B',
} as const
export const ISOLATED = { isIsolated: 'B' } as const
export const COUNTS: Shape = [{ ...LIMIT_ROW, count: 'N' }]

export const LIMIT = {
  symbol,
  side: 'BUY',
  type: 'LIMIT',
  timeInForce: 'GTC',
  quantity: '0.01',
  price: '25000',
}
export const MARKET = { symbol, side: 'BUY', type: 'MARKET', quantity: '0.01' }
export const OCO = {
  symbol,
  side: 'SELL',
  quantity: '0.01',
  price: '35000',
  stopPrice: '26000',
  stopLimitPrice: '25900',
  stopLimitTimeInForce: 'GTC',
}

export const MARKET_SHAPES: readonly AnswerShape[] = [
  { route: 'GET /api/v3/ping', shape: {} },
  { route: 'GET /api/v3/time', shape: { serverTime: 'N' } },
  {
    route: 'GET /api/v3/exchangeInfo',
    shape: {
      timezone: 'T',
      serverTime: 'N',
      rateLimits: [LIMIT_ROW],
      exchangeFilters: { any: FILTER },
      symbols: [SYMBOL],
    },
  },
  {
    route: 'GET /api/v3/depth',
    parameters: { symbol },
    shape: { lastUpdateId: 'N', bids: LEVELS, asks: LEVELS },
  },
  { route: 'GET /api/v3/trades', parameters: { symbol }, shape: [TRADE] },
  { route: 'GET /api/v3/historicalTrades', parameters: { symbol }, shape: [TRADE] },
  {
    route: 'GET /api/v3/aggTrades',
    parameters: { symbol },
    shape: [{ a: 'N', p: 'S', q: 'S', f: 'N', l: 'N', T: 'N', m: 'B', M: 'B' }],
  },
  { route: 'GET /api/v3/klines', parameters: { symbol, interval: '1h' }, shape: [CANDLE] },
  { route: 'GET /api/v3/uiKlines', parameters: { symbol, interval: '1M' }, shape: [CANDLE] },
  {
    route: 'GET /api/v3/avgPrice',
    parameters: { symbol },
    shape: { mins: 'N', price: 'S', closeTime: 'N' },
  },
  { route: 'GET /api/v3/ticker/24hr', parameters: { symbol }, shape: DAY },
  { route: 'GET /api/v3/ticker/24hr', shape: [DAY] },
  { route: 'GET /api/v3/ticker/24hr', parameters: { symbol, type: 'MINI' }, shape: MINI },
  { route: 'GET /api/v3/ticker', parameters: { symbol, windowSize: '7d' }, shape: ROLLING },
  { route: 'GET /api/v3/ticker', parameters: { symbol, windowSize: '1h' }, shape: ROLLING },
  { route: 'GET /api/v3/ticker/tradingDay', parameters: { symbol }, shape: ROLLING },
  { route: 'GET /api/v3/ticker/price', parameters: { symbol }, shape: { symbol: 'T', price: 'S' } },
  { route: 'GET /api/v3/ticker/price', shape: [{ symbol: 'T', price: 'S' }] },
  { route: 'GET /api/v3/ticker/bookTicker', parameters: { symbol }, shape: BOOK_TICKER },
]

export const SPOT_SHAPES: readonly AnswerShape[] = [
  { route: 'POST /api/v3/order', parameters: { ...LIMIT, newOrderRespType: 'ACK' }, shape: ACK },
  {
    route: 'POST /api/v3/order',
    parameters: { ...LIMIT, newOrderRespType: 'RESULT' },
    shape: RESULT,
  },
  { route: 'POST /api/v3/order', parameters: MARKET, shape: { ...RESULT, fills: [FILL] } },
  { route: 'POST /api/v3/order/test', parameters: LIMIT, shape: {} },
  {
    route: 'POST /api/v3/order/test',
    parameters: { ...LIMIT, computeCommissionRates: 'true' },
    shape: {
      standardCommissionForOrder: ORDER_RATES,
      specialCommissionForOrder: ORDER_RATES,
      taxCommissionForOrder: ORDER_RATES,
      discount: DISCOUNT,
    },
  },
  { route: 'GET /api/v3/openOrders', shape: [ORDER] },
  { route: 'GET /api/v3/allOrders', parameters: { symbol }, shape: [ORDER] },
  {
    route: 'POST /api/v3/order/oco',
    parameters: OCO,
    shape: { ...LIST, orderReports: [{ ...RESULT, 'fills?': { any: FILL } }] },
  },
  { route: 'GET /api/v3/openOrderList', shape: [LIST] },
  { route: 'GET /api/v3/allOrderList', shape: [LIST] },
  {
    route: 'POST /api/v3/order/cancelReplace',
    parameters: {
      ...LIMIT,
      cancelReplaceMode: 'STOP_ON_FAILURE',
      cancelOrigClientOrderId: 'replaced',
    },
    shape: {
      cancelResult: 'T',
      newOrderResult: 'T',
      cancelResponse: CANCELED,
      newOrderResponse: FULL,
    },
  },
  {
    route: 'GET /api/v3/order',
    parameters: { symbol, origClientOrderId: 'replaced' },
    shape: ORDER,
  },
  {
    route: 'DELETE /api/v3/order',
    parameters: { symbol, origClientOrderId: 'cancelled' },
    shape: CANCELED,
  },
  {
    route: 'GET /api/v3/account',
    shape: {
      makerCommission: 'N',
      takerCommission: 'N',
      buyerCommission: 'N',
      sellerCommission: 'N',
      commissionRates: RATES,
      canTrade: 'B',
      canWithdraw: 'B',
      canDeposit: 'B',
      brokered: 'B',
      requireSelfTradePrevention: 'B',
      preventSor: 'B',
      updateTime: 'N',
      accountType: 'T',
      balances: [{ asset: 'T', free: 'S', locked: 'S' }],
      permissions: ['T'],
      uid: 'N',
      'tradeGroupId?': 'N',
    },
  },
  {
    route: 'GET /api/v3/account/commission',
    parameters: { symbol },
    shape: {
      symbol: 'T',
      standardCommission: RATES,
      specialCommission: RATES,
      taxCommission: RATES,
      discount: DISCOUNT,
    },
  },
  {
    route: 'GET /api/v3/myTrades',
    parameters: { symbol },
    shape: [{ ...USER_TRADE, quoteQty: 'S', orderListId: 'N' }],
  },
  { route: 'GET /api/v3/rateLimit/order', shape: COUNTS },
  { route: 'POST /api/v3/userDataStream', shape: { listenKey: 'T' } },
]
