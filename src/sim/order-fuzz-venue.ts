import type { SelfTradePrevention } from '../core/domain/order.ts'
import { SELF_TRADE_PREVENTIONS } from '../core/domain/order.ts'
import type {
  AssetDocument,
  CommissionDocument,
  OrderRulesDocument,
  PolicyDocument,
  SymbolDocument,
  TradingDocument,
  VenueDocument,
} from '../core/domain/venue-document.ts'
import type { Prng } from '../server/feed/prng.ts'

/** What a seed's users do besides placing plain limit and market orders; each seed has its own part of it. */
export const FUZZ_FEATURES = [
  'IMMEDIATE',
  'POST_ONLY',
  'ICEBERG',
  'MARKET',
  'MARKET_BY_QUOTE',
  'STOP',
  'TRAILING',
  'STOP_BY_INDEX',
  'SELF_TRADE_MODES',
  'TRADE_GROUPS',
  'OCO',
  'OTO',
  'OTOCO',
  'CANCEL_RESTRICTIONS',
  'CANCEL_REPLACE',
  'AMEND',
  'AMEND_NAMES',
  'SHARED_NAMES',
  'NAME_WINDOW',
  'STATES',
  'BAND',
  'VOLATILITY',
  'INDEX',
  'LOST_INDEX',
  'STALE_INDEX',
  'COUNTDOWN',
  'ORDER_AGE',
  'TIGHT_FILTERS',
  'TIGHT_COUNTS',
  'FEW_TRIGGERS',
  'FEES',
  'POOR',
] as const
export type FuzzFeature = (typeof FUZZ_FEATURES)[number]

/** Where prices lie, in ticks: around a centre, so far apart, between the ends that the symbol allows. */
export interface Terrain {
  readonly centre: number
  readonly spread: number
  readonly stride: number
  readonly maximum: number
}

const TERRAINS: readonly Terrain[] = [
  { centre: 100, spread: 6, stride: 1, maximum: 100_000 },
  { centre: 1_000, spread: 25, stride: 1, maximum: 100_000 },
  { centre: 20_000, spread: 12, stride: 900, maximum: 1_000_000 },
  // Both ends within reach.
  { centre: 8, spread: 8, stride: 1, maximum: 16 },
]

export interface FuzzPlan {
  readonly features: ReadonlySet<FuzzFeature>
  readonly terrain: Terrain
  readonly modes: readonly SelfTradePrevention[]
  readonly users: number
  readonly document: VenueDocument
}

/** Draws what a seed plays: some of the features, a terrain, and a venue whose rules make them meet. */
export function drawFuzzPlan(prng: Prng, without: ReadonlySet<FuzzFeature>): FuzzPlan {
  const share = prng.pick([0.25, 0.5, 0.8])
  const features = new Set(
    FUZZ_FEATURES.filter((feature) => prng.chance(share) && !without.has(feature)),
  )
  const terrain = prng.pick(TERRAINS)
  const modes = features.has('SELF_TRADE_MODES')
    ? SELF_TRADE_PREVENTIONS.filter(() => prng.chance(0.6))
    : []
  return {
    features,
    terrain,
    modes: modes.length > 0 ? modes : [prng.pick(['NONE', 'EXPIRE_MAKER', 'EXPIRE_TAKER'])],
    users: prng.integer(2, 5),
    document: drawVenue(prng, features, terrain),
  }
}

function drawVenue(
  prng: Prng,
  features: ReadonlySet<FuzzFeature>,
  terrain: Terrain,
): VenueDocument {
  const symbol = (base: string, quote: string) =>
    drawSymbol(prng, features, terrain, { base, quote })
  return {
    name: 'Orders',
    assets: ['USDT', 'BTC', 'ETH'].map((code) => asset(prng, features, code)),
    symbols: [symbol('BTC', 'USDT'), symbol('ETH', 'USDT'), symbol('ETH', 'BTC')],
    policy: policy(features, drawTrading(prng, features)),
  }
}

function asset(prng: Prng, features: ReadonlySet<FuzzFeature>, code: string): AssetDocument {
  const limited = features.has('TIGHT_FILTERS') && code !== 'USDT' && prng.chance(0.3)
  return {
    code,
    name: code,
    stable: code === 'USDT',
    borrowable: false,
    collateral: [],
    dailyInterestRate: '0',
    minimumBorrow: '1',
    minimumRepay: '1',
    userBorrowLimit: '0',
    venueBorrowCap: '0',
    pool: { supply: '0', reserve: '0' },
    ...(limited ? { maximumPerOrder: '0.11' } : {}),
  }
}

const TICK = '0.01'
const STEP = '0.01'

function drawSymbol(
  prng: Prng,
  features: ReadonlySet<FuzzFeature>,
  terrain: Terrain,
  { base, quote }: { readonly base: string; readonly quote: string },
): SymbolDocument {
  const tight = features.has('TIGHT_FILTERS')
  return {
    symbol: `${base}${quote}`,
    base,
    quote,
    tickSize: TICK,
    minimumPrice: TICK,
    maximumPrice: `${terrain.maximum / 100}`,
    stepSize: STEP,
    minimumQuantity: tight ? prng.pick(['0.01', '0.02']) : STEP,
    maximumQuantity: tight ? prng.pick(['0.12', '0.6']) : '1000',
    marketMaximumQuantity: tight ? prng.pick(['0.1', '0.6']) : '1000',
    minimumNotional: tight && prng.chance(0.3) ? `${(terrain.centre * 3) / 10_000}` : '0',
    maximumNotional: '1000000000',
    percentPrice: { bidUp: '1000', bidDown: '0.000001', askUp: '1000', askDown: '0.000001' },
    maximumOpenOrders: features.has('TIGHT_COUNTS') ? prng.integer(4, 12) : 60,
    margin: false,
    orderRules: drawRules(prng, features),
  }
}

function drawRules(prng: Prng, features: ReadonlySet<FuzzFeature>): Partial<OrderRulesDocument> {
  const counts = features.has('TIGHT_COUNTS')
  const tight = features.has('TIGHT_FILTERS')
  const band = prng.pick(['1.02', '1.1', '2'])
  return {
    maximumAlgoOrders: counts ? prng.integer(1, 4) : 60,
    maximumIcebergOrders: counts ? prng.integer(1, 3) : 60,
    maximumIcebergParts: tight ? prng.integer(3, 6) : 100,
    maximumOrderLists: counts ? prng.integer(1, 3) : 60,
    maximumAmendments: counts ? prng.integer(0, 3) : 100,
    trailingDelta: tight
      ? { aboveMinimum: 30, aboveMaximum: 400, belowMinimum: 50, belowMaximum: 900 }
      : { aboveMinimum: 1, aboveMaximum: 9_000, belowMinimum: 1, belowMaximum: 9_000 },
    maximumPosition:
      tight && prng.chance(0.4) ? (features.has('POOR') ? '0.4' : '1000000000.2') : null,
    executionBand:
      features.has('BAND') && prng.chance(0.7)
        ? { bidUp: band, bidDown: '0.9', askUp: '1.2', askDown: prng.pick(['0.98', '0.9']) }
        : null,
    volatilityInterruption:
      features.has('VOLATILITY') && prng.chance(0.7)
        ? { band: prng.pick(['0.01', '0.05', '0.2']), windowMs: 1_000, pauseMs: 700 }
        : null,
    ...(features.has('FEES') ? drawCommissions(prng) : {}),
  }
}

function drawCommissions(prng: Prng): Partial<OrderRulesDocument> {
  const rates = (): CommissionDocument => ({
    maker: prng.pick(['0', '0.000987654321']),
    taker: prng.pick(['0.0007', '0.001234567891']),
    buyer: prng.pick(['0', '0.000135791113']),
    seller: prng.pick(['0', '0.0003']),
  })
  return {
    standardCommission: prng.chance(0.5) ? rates() : null,
    taxCommission: prng.chance(0.5) ? rates() : null,
    specialCommission: prng.chance(0.3) ? rates() : null,
  }
}

function drawTrading(prng: Prng, features: ReadonlySet<FuzzFeature>): Partial<TradingDocument> {
  const counts = features.has('TIGHT_COUNTS')
  return {
    stopTrigger: features.has('STOP_BY_INDEX') ? 'INDEX' : 'LAST_TRADE',
    triggersPerCommand: features.has('FEW_TRIGGERS') ? prng.integer(1, 3) : 100,
    clientOrderIdWindowMs: features.has('NAME_WINDOW') ? prng.pick([500, 5_000]) : 0,
    maximumOrderAgeMs: features.has('ORDER_AGE') ? prng.pick([2_000, 20_000]) : null,
    maximumOrders: counts ? prng.integer(6, 16) : 1_000,
    maximumAlgoOrders: counts ? prng.integer(2, 6) : 200,
    maximumIcebergOrders: counts ? prng.integer(2, 5) : 1_000,
    maximumOrderLists: counts ? prng.integer(1, 4) : 200,
  }
}

function policy(
  features: ReadonlySet<FuzzFeature>,
  trading: Partial<TradingDocument>,
): PolicyDocument {
  const levels = {
    transferOut: '2',
    borrow: '1.5',
    marginCall: '1.3',
    liquidation: '1.1',
    stopEarly: null,
  }
  return {
    profile: 'orders',
    minimumAverageBalance: null,
    isolatedMinimumAverageBalance: null,
    recheckBalance: false,
    disclosureVersion: '1',
    exclusiveModes: false,
    exitCrossEquityMax: null,
    positionInitialMarginCap: null,
    defaultLeverage: 3,
    levels: { '3': levels, '5': levels },
    marginCallRepeatMs: 86_400_000,
    marginCallStep: '0.02',
    liquidationBand: '0.1',
    takeoverAfterMs: 60_000,
    clearanceFee: '0',
    interestSplit: { lenders: '1', insuranceFund: '0', venue: '0' },
    makerFee: features.has('FEES') ? '0.0008' : '0',
    takerFee: features.has('FEES') ? '0.001' : '0',
    indexPriceAgeMaxMs: features.has('STALE_INDEX') ? 3_000 : 1_000_000_000,
    trading,
    insuranceFund: {},
  }
}
