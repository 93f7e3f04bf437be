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
const ORDER = {
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
const ACK = { ...NAMES, transactTime: 'N' } as const
const RESULT = { ...ACK, ...PROGRESS, ...CONDITIONS, workingTime: 'N' } as const
const FILL: Shape = { price: 'S', qty: 'S', commission: 'S', commissionAsset: 'T', tradeId: 'N' }
const FULL = { ...RESULT, fills: { any: FILL } } as const
const CANCELED = { ...ACK, ...PROGRESS, ...CONDITIONS, origClientOrderId: 'T' } as const
const LIST = {
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
const USER_TRADE = {
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
const ISOLATED = { isIsolated: 'B' } as const
const COUNTS: Shape = [{ ...LIMIT_ROW, count: 'N' }]

const LIMIT = {
  symbol,
  side: 'BUY',
  type: 'LIMIT',
  timeInForce: 'GTC',
  quantity: '0.01',
  price: '25000',
}
const MARKET = { symbol, side: 'BUY', type: 'MARKET', quantity: '0.01' }
const OCO = {
  symbol,
  side: 'SELL',
  quantity: '0.01',
  price: '35000',
  stopPrice: '26000',
  stopLimitPrice: '25900',
  stopLimitTimeInForce: 'GTC',
}

const MARKET_SHAPES: readonly AnswerShape[] = [
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

const SPOT_SHAPES: readonly AnswerShape[] = [
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

const MARGIN_ORDER_SHAPES: readonly AnswerShape[] = [
  {
    route: 'POST /sapi/v1/margin/order',
    parameters: { ...LIMIT, newOrderRespType: 'ACK' },
    shape: { ...ACK, ...ISOLATED },
  },
  {
    route: 'POST /sapi/v1/margin/order',
    parameters: { ...MARKET, quantity: '0.5', sideEffectType: 'MARGIN_BUY' },
    shape: {
      ...FULL,
      ...ISOLATED,
      'marginBuyBorrowAmount?': 'S',
      'marginBuyBorrowAsset?': 'T',
    },
  },
  { route: 'GET /sapi/v1/margin/openOrders', shape: [{ ...ORDER, ...ISOLATED }] },
  {
    route: 'GET /sapi/v1/margin/allOrders',
    parameters: { symbol },
    shape: [{ ...ORDER, ...ISOLATED }],
  },
  {
    route: 'GET /sapi/v1/margin/order',
    parameters: { symbol, origClientOrderId: 'on-margin' },
    shape: { ...ORDER, ...ISOLATED },
  },
  {
    route: 'POST /sapi/v1/margin/order/oco',
    parameters: OCO,
    shape: {
      ...LIST,
      ...ISOLATED,
      orderReports: [{ ...RESULT, ...ISOLATED, 'fills?': { any: FILL } }],
    },
  },
  { route: 'GET /sapi/v1/margin/openOrderList', shape: [{ ...LIST, ...ISOLATED }] },
  { route: 'GET /sapi/v1/margin/allOrderList', shape: [{ ...LIST, ...ISOLATED }] },
  {
    route: 'DELETE /sapi/v1/margin/order',
    parameters: { symbol, origClientOrderId: 'on-margin' },
    shape: { ...CANCELED, ...ISOLATED },
  },
  {
    route: 'GET /sapi/v1/margin/myTrades',
    parameters: { symbol },
    shape: [{ ...USER_TRADE, ...ISOLATED }],
  },
  { route: 'GET /sapi/v1/margin/rateLimit/order', shape: COUNTS },
]

const MARGIN_SHAPES: readonly AnswerShape[] = [
  {
    route: 'GET /sapi/v1/margin/account',
    shape: {
      ...Object.fromEntries(
        ['created', 'borrowEnabled', 'tradeEnabled', 'transferInEnabled', 'transferOutEnabled'].map(
          (name) => [name, 'B' as const],
        ),
      ),
      ...Object.fromEntries(
        ['marginLevel', 'collateralMarginLevel', 'totalAssetOfBtc', 'totalLiabilityOfBtc']
          .concat(['totalNetAssetOfBtc', 'TotalCollateralValueInUSDT'])
          .concat(['totalOpenOrderLossInUSDT', 'totalCollateralValueInUSDT?'])
          .map((name) => [name, 'S' as const]),
      ),
      'transferEnabled?': 'B',
      accountType: 'T',
      userAssets: [
        {
          asset: 'T',
          borrowed: 'S',
          free: 'S',
          interest: 'S',
          locked: 'S',
          netAsset: 'S',
        },
      ],
    },
  },
  {
    route: 'GET /sapi/v1/margin/tradeCoeff',
    shape: { normalBar: 'S', marginCallBar: 'S', forceLiquidationBar: 'S' },
  },
  {
    route: 'GET /sapi/v1/margin/allPairs',
    shape: [
      {
        base: 'T',
        id: 'N',
        isBuyAllowed: 'B',
        isMarginTrade: 'B',
        isSellAllowed: 'B',
        quote: 'T',
        symbol: 'T',
        'delistTime?': 'N',
      },
    ],
  },
  {
    route: 'GET /sapi/v1/margin/allAssets',
    shape: [
      {
        assetFullName: 'T',
        assetName: 'T',
        isBorrowable: 'B',
        isMortgageable: 'B',
        userMinBorrow: 'S',
        userMinRepay: 'S',
        'delistTime?': 'N',
      },
    ],
  },
  {
    route: 'GET /sapi/v1/margin/crossMarginCollateralRatio',
    shape: [
      {
        collaterals: [{ minUsdValue: 'S', 'maxUsdValue?': 'S', discountRate: 'S' }],
        assetNames: ['T'],
      },
    ],
  },
  {
    route: 'GET /sapi/v1/margin/crossMarginData',
    shape: [
      {
        vipLevel: 'N',
        coin: 'T',
        transferIn: 'B',
        borrowable: 'B',
        dailyInterest: 'S',
        yearlyInterest: 'S',
        borrowLimit: 'S',
        marginablePairs: { any: 'T' },
      },
    ],
  },
  {
    route: 'GET /sapi/v1/margin/priceIndex',
    parameters: { symbol },
    shape: { calcTime: 'N', price: 'S', symbol: 'T' },
  },
  {
    route: 'POST /sapi/v1/margin/borrow-repay',
    parameters: { asset: 'BTC', isIsolated: 'FALSE', amount: '0.01', type: 'BORROW' },
    shape: { tranId: 'N', 'clientTag?': 'T' },
  },
  {
    route: 'GET /sapi/v1/margin/borrow-repay',
    parameters: { type: 'BORROW' },
    shape: {
      rows: [
        {
          type: 'T',
          amount: 'S',
          asset: 'T',
          interest: 'S',
          principal: 'S',
          status: 'T',
          timestamp: 'N',
          txId: 'N',
        },
      ],
      total: 'N',
    },
  },
  {
    route: 'GET /sapi/v1/margin/interestHistory',
    shape: {
      rows: [
        {
          txId: 'N',
          interestAccuredTime: 'N',
          asset: 'T',
          rawAsset: 'T',
          principal: 'S',
          interest: 'S',
          interestRate: 'S',
          type: 'T',
        },
      ],
      total: 'N',
    },
  },
  {
    route: 'GET /sapi/v1/margin/interestRateHistory',
    parameters: { asset: 'BTC' },
    shape: [{ asset: 'T', dailyInterestRate: 'S', timestamp: 'N', vipLevel: 'N' }],
  },
  {
    route: 'GET /sapi/v1/margin/next-hourly-interest-rate',
    parameters: { assets: 'BTC,USDT', isIsolated: 'FALSE' },
    shape: [{ asset: 'T', nextHourlyInterestRate: 'S' }],
  },
  {
    route: 'GET /sapi/v1/margin/maxBorrowable',
    parameters: { asset: 'USDT' },
    shape: { amount: 'S', borrowLimit: 'S' },
  },
  {
    route: 'GET /sapi/v1/margin/maxTransferable',
    parameters: { asset: 'USDT' },
    shape: { amount: 'S' },
  },
  {
    route: 'GET /sapi/v1/margin/available-inventory',
    parameters: { type: 'MARGIN' },
    shape: { assets: { BTC: 'S', ...optional('S') }, updateTime: 'N' },
  },
  {
    route: 'GET /sapi/v1/margin/transfer',
    shape: {
      rows: [
        {
          amount: 'S',
          asset: 'T',
          status: 'T',
          timestamp: 'N',
          txId: 'N',
          type: 'T',
          transFrom: 'T',
          transTo: 'T',
        },
      ],
      total: 'N',
    },
  },
  {
    route: 'POST /sapi/v1/margin/max-leverage',
    parameters: { maxLeverage: 5 },
    shape: { success: 'B' },
  },
  {
    route: 'GET /sapi/v1/margin/forceLiquidationRec',
    shape: {
      rows: {
        any: {
          avgPrice: 'S',
          executedQty: 'S',
          orderId: 'N',
          price: 'S',
          qty: 'S',
          side: 'T',
          symbol: 'T',
          timeInForce: 'T',
          isIsolated: 'B',
          updatedTime: 'N',
        },
      },
      total: 'N',
    },
  },
  { route: 'GET /sapi/v1/margin/limit-price-pairs', shape: { crossMarginSymbols: { any: 'T' } } },
  { route: 'POST /sapi/v1/userListenToken', shape: { token: 'T', expirationTime: 'N' } },
  { route: 'POST /sapi/v1/margin/listen-key', shape: { listenKey: 'T' } },
]

/** Assets the venue may list besides. */
function optional(shape: Shape): Readonly<Record<string, Shape>> {
  const codes = [
    'USDT',
    'USDC',
    'ETH',
    'BNB',
    'SOL',
    'XRP',
    'ADA',
    'DOGE',
    'DOT',
    'LTC',
    'LINK',
  ].concat(['AVAX', 'TRX', 'MATIC', 'ATOM', 'UNI', 'ETC', 'BCH', 'FIL', 'XLM', 'EUR', 'FDUSD'])
  return Object.fromEntries(codes.map((code) => [`${code}?`, shape]))
}

const ASSET = {
  asset: 'T',
  free: 'S',
  locked: 'S',
  freeze: 'S',
  withdrawing: 'S',
  btcValuation: 'S',
} as const

const WALLET_SHAPES: readonly AnswerShape[] = [
  {
    route: 'POST /sapi/v1/asset/transfer',
    parameters: { type: 'MAIN_MARGIN', asset: 'USDT', amount: '1' },
    shape: { tranId: 'N' },
  },
  {
    route: 'GET /sapi/v1/asset/transfer',
    parameters: { type: 'MAIN_MARGIN' },
    shape: {
      total: 'N',
      rows: [{ asset: 'T', amount: 'S', type: 'T', status: 'T', tranId: 'N', timestamp: 'N' }],
    },
  },
  {
    route: 'GET /sapi/v1/capital/config/getall',
    shape: [
      {
        ...Object.fromEntries(
          ['free', 'freeze', 'ipoable', 'ipoing', 'locked', 'storage', 'withdrawing'].map(
            (name) => [name, 'S' as const],
          ),
        ),
        coin: 'T',
        name: 'T',
        depositAllEnable: 'B',
        isLegalMoney: 'B',
        trading: 'B',
        withdrawAllEnable: 'B',
        networkList: { any: 'T' },
      },
    ],
  },
  {
    route: 'GET /sapi/v1/asset/tradeFee',
    shape: [{ symbol: 'T', makerCommission: 'S', takerCommission: 'S' }],
  },
  { route: 'POST /sapi/v3/asset/getUserAsset', shape: [{ ...ASSET, ipoable: 'S' }] },
  { route: 'POST /sapi/v1/asset/get-funding-asset', shape: [ASSET] },
  {
    route: 'GET /sapi/v1/asset/wallet/balance',
    shape: [{ activate: 'B', balance: 'S', walletName: 'T' }],
  },
  {
    route: 'GET /sapi/v1/account/apiRestrictions',
    shape: {
      ipRestrict: 'B',
      createTime: 'N',
      ...Object.fromEntries(
        ['Reading', 'Withdrawals', 'InternalTransfer', 'Margin', 'Futures', 'VanillaOptions']
          .concat(['FixApiTrade', 'FixReadOnly', 'SpotAndMarginTrading', 'PortfolioMarginTrading'])
          .map((name) => [`enable${name}`, 'B' as const]),
      ),
      permitsUniversalTransfer: 'B',
    },
  },
  { route: 'GET /sapi/v1/account/status', shape: { data: 'T' } },
  {
    route: 'GET /sapi/v1/account/apiTradingStatus',
    shape: {
      data: {
        isLocked: 'B',
        plannedRecoverTime: 'N',
        triggerCondition: { GCR: 'N', IFER: 'N', UFR: 'N' },
        updateTime: 'N',
      },
    },
  },
  { route: 'GET /sapi/v1/system/status', shape: { status: 'N', msg: 'T' } },
  { route: 'GET /sapi/v1/bnbBurn', shape: { spotBNBBurn: 'B', interestBNBBurn: 'B' } },
  { route: 'GET /fapi/v1/exchangeInfo', shape: { symbols: { any: 'T' } } },
]

/** In this order: later ones ask about what earlier ones did. */
export const ANSWER_SHAPES: readonly AnswerShape[] = [
  ...MARKET_SHAPES,
  ...SPOT_SHAPES,
  ...MARGIN_ORDER_SHAPES,
  ...MARGIN_SHAPES,
  ...WALLET_SHAPES,
  {
    route: 'DELETE /api/v3/openOrders',
    parameters: { symbol },
    shape: [
      {
        ...Object.fromEntries(
          Object.entries({ ...CANCELED, ...LIST }).map(([key, each]) => [
            `${key}?`.replace('??', '?'),
            each,
          ]),
        ),
        'orderReports?': [CANCELED],
      } as Shape,
    ],
  },
]
