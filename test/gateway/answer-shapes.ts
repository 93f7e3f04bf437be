import type { Shape } from './shape.ts'
import {
  ACK,
  type AnswerShape,
  CANCELED,
  COUNTS,
  FILL,
  FULL,
  ISOLATED,
  LIMIT,
  LIST,
  MARKET,
  MARKET_SHAPES,
  OCO,
  ORDER,
  RESULT,
  SPOT_SHAPES,
  USER_TRADE,
} from './spot-answer-shapes.ts'

const symbol = 'BTCUSDT'
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
