import type { Amount } from '../money/amount.ts'
import type { Lots, Ticks, Value } from '../money/price.ts'
import type { Rate } from '../money/rate.ts'
import type { AssetIndex, SourceIndex, SymbolIndex } from './ids.ts'
import type {
  IndexPriceDocument,
  IsolatedDocument,
  OrderRulesDocument,
  TradingDocument,
  VenueDocument,
} from './venue-document.ts'
import type { Leverage } from './wallet.ts'

export interface CollateralBand {
  /** The band's upper end on the asset's USDT notional; null: no end. */
  readonly upTo: Value | null
  readonly weight: Rate
}

/** Daily rates at a share of the pool lent, and at all of it (rule I2). */
export interface RateCurve {
  readonly kink: Rate
  readonly atKink: Rate
  readonly atFull: Rate
}

/** Multiples of an asset's plain limit and rate (rule B12). */
export interface VipTerms {
  readonly borrowLimit: Rate
  readonly interest: Rate
}

export interface LendingPolicy {
  /** By VIP level, from 0. */
  readonly vip: readonly VipTerms[]
  readonly smallDebt: { readonly below: Amount; readonly everyMs: number }
  readonly interestInBnb: { readonly asset: AssetIndex; readonly discount: Rate } | null
}

export interface Asset {
  readonly index: AssetIndex
  readonly code: string
  readonly name: string
  readonly stable: boolean
  readonly borrowable: boolean
  /** As they count now: `policyCollateral`, weighed down while the cap binds (rule C3). */
  readonly collateral: readonly CollateralBand[]
  readonly policyCollateral: readonly CollateralBand[]
  readonly collateralCap: Value | null
  readonly dailyInterestRate: Rate
  readonly rateCurve: RateCurve | null
  readonly minimumBorrow: Amount
  readonly minimumRepay: Amount
  readonly userBorrowLimit: Amount
  readonly venueBorrowCap: Amount
  readonly poolSupply: Amount
  readonly poolReserve: Amount
  /** MAX_ASSET; null: no limit. */
  readonly maximumPerOrder: Amount | null
  /** Rule X2; null: it has an index of its own. */
  readonly redemption: {
    readonly underlying: AssetIndex
    readonly ratio: Rate
    readonly movePerDayMax: Rate
  } | null
}

/** How far an index price can be relied on (rule X3): MISSING: there is none. */
export const INDEX_STANDINGS = ['GOOD', 'CONTESTED', 'STALE', 'MISSING'] as const
export type IndexStanding = (typeof INDEX_STANDINGS)[number]

/** What became of what a source says (rule X1). */
export type SourceStanding = 'COUNTED' | 'CLAMPED' | 'SILENT'

export interface IndexSource {
  readonly index: SourceIndex
  readonly name: string
  readonly weight: Rate
}

export interface IndexPricePolicy
  extends Omit<
    IndexPriceDocument,
    'sources' | 'ownTradesWeight' | 'clampBand' | 'rateLimitPerHour'
  > {
  readonly sources: readonly IndexSource[]
  readonly ownTradesWeight: Rate | null
  readonly clampBand: Rate
  readonly rateLimitPerHour: Rate | null
}

/** What a symbol takes (rule T20). */
export const SYMBOL_STATES = ['TRADING', 'POST_ONLY', 'CANCEL_ONLY', 'HALTED'] as const
export type SymbolState = (typeof SYMBOL_STATES)[number]

/** Multiples of a reference price, by side. */
export interface PriceRange {
  readonly bidUp: Rate
  readonly bidDown: Rate
  readonly askUp: Rate
  readonly askDown: Rate
}

/** Shares of what is received. A trade pays one for its part (maker or taker) and one for its side. */
export interface Commission {
  readonly maker: Rate
  readonly taker: Rate
  readonly buyer: Rate
  readonly seller: Rate
}

/** What a symbol charges (rule T27). */
export interface SymbolFees {
  /** The symbol's own standard rates; null: the user's tier. */
  readonly standard: Commission | null
  readonly tax: Commission
  readonly special: Commission
  /** Tax and special together. */
  readonly additional: Commission
}

export interface OrderRules {
  readonly maximumAlgoOrders: number
  readonly maximumIcebergOrders: number
  readonly maximumIcebergParts: number
  readonly maximumOrderLists: number
  readonly maximumAmendments: number
  readonly trailingDelta: OrderRulesDocument['trailingDelta']
  readonly maximumPosition: Amount | null
  readonly selfTradePrevention: OrderRulesDocument['selfTradePrevention']
  readonly executionBand: PriceRange | null
  readonly volatilityInterruption: {
    readonly band: Rate
    readonly windowMs: number
    readonly pauseMs: number
  } | null
}

/** Standard rates from a volume on, in 10⁻⁸ USDT. The first tier starts at nothing. */
export interface FeeTier {
  readonly volume: Amount
  readonly maker: Rate
  readonly taker: Rate
}

export interface TradingPolicy extends Omit<TradingDocument, 'feeTiers'> {
  readonly feeTiers: readonly FeeTier[]
}

export interface TradingSymbol {
  readonly index: SymbolIndex
  readonly symbol: string
  readonly base: AssetIndex
  readonly quote: AssetIndex
  /** Price of one tick: 10⁻⁸ of the quote asset per whole base. */
  readonly tickSize: Amount
  /** Size of one lot: 10⁻⁸ of the base asset. */
  readonly stepSize: Amount
  /** What one lot at one tick costs: a whole number of 10⁻⁸ of the quote asset, so no fill ever rounds. */
  readonly quotePerTickLot: bigint
  readonly minimumPrice: Ticks
  readonly maximumPrice: Ticks
  readonly minimumLots: Lots
  readonly maximumLots: Lots
  readonly marketMaximumLots: Lots
  readonly minimumNotional: Amount
  readonly maximumNotional: Amount
  /** The notionals in lots times ticks, for comparing without big integers; infinity past a safe integer. */
  readonly minimumTickLots: number
  readonly maximumTickLots: number
  readonly percentPrice: PriceRange
  readonly maximumOpenOrders: number
  readonly margin: boolean
  /** Least owed first; empty: there are no isolated accounts of the pair. */
  readonly isolatedTiers: readonly IsolatedTier[]
  readonly orderRules: OrderRules
  readonly fees: SymbolFees
  /** Tick and step size as doubles, for screening only: a decision is taken on exact integers. */
  readonly screen: { readonly tickSize: number; readonly stepSize: number }
}

/** An account's thresholds (rule L1). */
export interface Levels {
  readonly transferOut: Rate
  readonly borrow: Rate
  readonly marginCall: Rate
  readonly liquidation: Rate
  readonly stopEarly: Rate | null
  /** Two of them as doubles, for screening only. */
  readonly screen: { readonly marginCall: number; readonly liquidation: number }
}

/** One step of an isolated pair's table: what holds while no more principal than this is owed (rule S3). */
export interface IsolatedTier {
  readonly levels: Levels
  /** In the asset; null: no bound of its own. */
  readonly baseMaximum: Amount | null
  readonly quoteMaximum: Amount | null
}

/** How portfolios are closed (rules Q3, Q8, Q12). */
export interface LiquidationPolicy {
  readonly ordersPerCommand: number
  readonly fundBand: Rate | null
  readonly fundOrderMax: Amount
}

export interface Policy {
  readonly profile: string
  readonly minimumAverageBalance: Amount | null
  readonly isolatedMinimumAverageBalance: Amount | null
  readonly recheckBalance: boolean
  readonly disclosureVersion: string
  readonly exclusiveModes: boolean
  readonly exitCrossEquityMax: Amount | null
  readonly positionInitialMarginCap: Rate | null
  readonly defaultLeverage: Leverage
  readonly levels: Readonly<Record<Leverage, Levels>>
  readonly marginCallRepeatMs: number
  readonly marginCallStep: Rate
  readonly liquidationBand: Rate
  readonly takeoverAfterMs: number
  readonly clearanceFee: Rate
  readonly liquidation: LiquidationPolicy
  readonly interestSplit: {
    readonly lenders: Rate
    readonly insuranceFund: Rate
    readonly venue: Rate
  }
  readonly isolated: Pick<IsolatedDocument, 'maximumAccounts' | 'disableIntervalMs'>
  readonly looseningDelayMs: number
  readonly trading: TradingPolicy
  readonly lending: LendingPolicy
  readonly indexPriceAgeMaxMs: number
  readonly indexPrice: IndexPricePolicy
  readonly insuranceFund: readonly (readonly [AssetIndex, Amount])[]
}

/** A validated venue definition. Assets and symbols stand at their index. */
export interface Venue {
  readonly document: VenueDocument
  readonly name: string
  readonly assets: readonly Asset[]
  readonly symbols: readonly TradingSymbol[]
  /** The asset everything is valued in. */
  readonly usdt: AssetIndex
  readonly assetByCode: ReadonlyMap<string, Asset>
  readonly symbolByName: ReadonlyMap<string, TradingSymbol>
  readonly sourceByName: ReadonlyMap<string, IndexSource>
  /** Each asset's symbol against USDT; null for USDT itself. Liquidation trades through these. */
  readonly usdtSymbol: readonly (TradingSymbol | null)[]
  readonly policy: Policy
}

/** Quote cost of `lots` at `price`, exact. */
export function notionalOf(symbol: TradingSymbol, price: Ticks, lots: Lots): Amount {
  const product = price * lots
  const tickLots =
    product <= Number.MAX_SAFE_INTEGER ? BigInt(product) : BigInt(price) * BigInt(lots)
  return (tickLots * symbol.quotePerTickLot) as Amount
}

/** Base amount of `lots`, exact. */
export function baseOf(symbol: TradingSymbol, lots: Lots): Amount {
  return (BigInt(lots) * symbol.stepSize) as Amount
}
