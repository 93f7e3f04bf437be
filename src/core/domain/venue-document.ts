import type { SelfTradePrevention } from './order.ts'

/**
 * A venue as its operator writes it: JSON, decimals as text. `parseVenue` turns it into what the engine uses.
 *
 * Ratios and rates are plain fractions ("0.1" is 10 %), amounts are in whole units of their asset.
 */
export interface VenueDocument {
  readonly name: string
  readonly assets: readonly AssetDocument[]
  readonly symbols: readonly SymbolDocument[]
  readonly policy: PolicyDocument
}

export interface AssetDocument {
  readonly code: string
  readonly name: string
  /** Worth about one USDT: left out of the market-wide shock (rule L4). */
  readonly stable: boolean
  readonly borrowable: boolean
  /** Ascending bands on the asset's USDT notional; `upTo` null is the last (rule C1). Empty: no collateral. */
  readonly collateral: readonly { readonly upTo: string | null; readonly weight: string }[]
  /** The most of it that counts as collateral over all accounts, in USDT (rule C3); absent or null: no cap. */
  readonly collateralCap?: string | null
  /** A day's interest at VIP level 0; with a curve, while nothing is lent (rule I2). */
  readonly dailyInterestRate: string
  /** How the rate rises with the share of the pool that is lent; absent or null: it does not. */
  readonly rateCurve?: RateCurveDocument | null
  readonly minimumBorrow: string
  readonly minimumRepay: string
  /** The most one user may owe (rule B2). */
  readonly userBorrowLimit: string
  /** The most the venue lends in total (rule B2). */
  readonly venueBorrowCap: string
  readonly pool: { readonly supply: string; readonly reserve: string }
  /** The most of it that one order may move (MAX_ASSET); absent or null: no limit. */
  readonly maximumPerOrder?: string | null
  /** Rule X2: what it redeems for, in place of sources of its own; absent: nothing. */
  readonly redemption?: {
    readonly underlying: string
    /** How many of the underlying one unit redeems for when the venue opens. */
    readonly ratio: string
    readonly movePerDayMax: string
  }
}

/** Straight from `dailyInterestRate` to `atKink`, and from there to `atFull` when all is lent. */
export interface RateCurveDocument {
  /** Share of the pool that is lent. */
  readonly kink: string
  readonly atKink: string
  readonly atFull: string
}

/** What a VIP level has (rule B12): multiples of an asset's `userBorrowLimit` and of its interest rate. */
export interface VipDocument {
  readonly borrowLimit: string
  readonly interest: string
}

export interface LendingDocument {
  /** Levels from 1; level 0 has the plain limit and the plain rate. */
  readonly vip: readonly VipDocument[]
  /** Rule B13: a debt below this many USDT is small, and how much time lies between two exchanges. */
  readonly smallDebt: { readonly below: string; readonly everyMs: number }
  /** Rule I4: the asset, called BNB wherever it is spoken of, and how much cheaper it makes interest; null: not offered. */
  readonly interestInBnb: { readonly asset: string; readonly discount: string } | null
}

export interface SymbolDocument {
  readonly symbol: string
  readonly base: string
  readonly quote: string
  readonly tickSize: string
  readonly minimumPrice: string
  readonly maximumPrice: string
  readonly stepSize: string
  readonly minimumQuantity: string
  readonly maximumQuantity: string
  readonly marketMaximumQuantity: string
  readonly minimumNotional: string
  readonly maximumNotional: string
  /** PERCENT_PRICE_BY_SIDE, around the average price of the last minutes. */
  readonly percentPrice: {
    readonly bidUp: string
    readonly bidDown: string
    readonly askUp: string
    readonly askDown: string
  }
  readonly maximumOpenOrders: number
  readonly margin: boolean
  /** What `ORDER_RULES_DEFAULT` says is used for what is absent. */
  readonly orderRules?: Partial<OrderRulesDocument>
}

/** Multiples of the reference price between which an order to buy (bid) or to sell (ask) may trade. */
export interface PriceRangeDocument {
  readonly bidUp: string
  readonly bidDown: string
  readonly askUp: string
  readonly askDown: string
}

/** Shares of what is received, by who rested and who took, who bought and who sold; a trade pays two of them. */
export interface CommissionDocument {
  readonly maker: string
  readonly taker: string
  readonly buyer: string
  readonly seller: string
}

/** Which orders a symbol takes and how they trade. Counts are for each account. */
export interface OrderRulesDocument {
  readonly maximumAlgoOrders: number
  readonly maximumIcebergOrders: number
  readonly maximumIcebergParts: number
  readonly maximumOrderLists: number
  /** How often one order may be amended. */
  readonly maximumAmendments: number
  /** In 1/10,000; above: triggers on a rise, below: on a fall. */
  readonly trailingDelta: {
    readonly aboveMinimum: number
    readonly aboveMaximum: number
    readonly belowMinimum: number
    readonly belowMaximum: number
  }
  /** The most of the base asset that an account may hold or have bid for; null: no limit. */
  readonly maximumPosition: string | null
  readonly selfTradePrevention: {
    readonly default: SelfTradePrevention
    readonly allowed: readonly SelfTradePrevention[]
  }
  /** Rule T18; null: none. */
  readonly executionBand: PriceRangeDocument | null
  /** Rule T19; null: none. */
  readonly volatilityInterruption: {
    readonly band: string
    readonly windowMs: number
    readonly pauseMs: number
  } | null
  /** Rule T27; null: the policy's tiers. */
  readonly standardCommission: CommissionDocument | null
  readonly taxCommission: CommissionDocument | null
  readonly specialCommission: CommissionDocument | null
}

/** Standard rates from a volume on, in USDT over the last 30 full days (rule T27). */
export interface FeeTierDocument {
  readonly volume: string
  readonly maker: string
  readonly taker: string
}

/** How orders are handled, venue-wide. */
export interface TradingDocument {
  /** What makes a stop order trigger (rule T8). */
  readonly stopTrigger: 'LAST_TRADE' | 'INDEX'
  /** Orders set off by one command at most (rule T10). */
  readonly triggersPerCommand: number
  /** Rule T25; 0: a name is free again as soon as its order has ended. */
  readonly clientOrderIdWindowMs: number
  /** Rule T21; null: orders do not age. */
  readonly maximumOrderAgeMs: number | null
  /** Ascending, above the policy's own `makerFee` and `takerFee`. */
  readonly feeTiers: readonly FeeTierDocument[]
  /** Over all symbols, for each account. */
  readonly maximumOrders: number
  readonly maximumAlgoOrders: number
  readonly maximumIcebergOrders: number
  readonly maximumOrderLists: number
}

/** Where index prices come from, and how far they are believed. */
export interface IndexPriceDocument {
  /** Outside sources (rule X1). Without any there are only prices that are declared. */
  readonly sources: readonly { readonly name: string; readonly weight: string }[]
  /** How many of them must be live; where fewer are named, all. */
  readonly minimumLiveSources: number
  /** The share of the venue's own trades in the whole, at most 0.1; null: they do not count. */
  readonly ownTradesWeight: string | null
  /** How far from the median a source is believed. */
  readonly clampBand: string
  /** A source that has said nothing for so long weighs nothing. */
  readonly silenceMaxMs: number
  /** How long a contested or stale index holds every liquidation that depends on it (rule X3). */
  readonly holdMaxMs: number
  /** Rule C4: how fast the second price follows the index; null: there is none. */
  readonly rateLimitPerHour: string | null
}

/** How portfolios are closed, venue-wide (rules Q3, Q8, Q12). */
export interface LiquidationDocument {
  /** Orders and takeovers that one command carries out at most; what is left waits for the next price or clock command. */
  readonly ordersPerCommand: number
  /** How far from the index the insurance fund trades what it took over; null: it keeps that. */
  readonly fundBand: string | null
  /** The most that it trades of an asset in one command, in USDT. */
  readonly fundOrderMax: string
}

/** One leverage's column of the table of rule L1. Levels are ratios such as "1.25". */
export interface LevelsDocument {
  readonly transferOut: string
  readonly borrow: string
  readonly marginCall: string
  readonly liquidation: string
  /** Liquidation stops once the level is above this (rule Q6); null: it closes the whole portfolio. */
  readonly stopEarly: string | null
}

/** One step of a pair's own table (rule S3): what holds while no more principal than this is owed. */
export interface IsolatedTierDocument {
  /** Null, in the policy's only tier: what its `borrowMultiple` comes to. */
  readonly borrow: string | null
  readonly marginCall: string
  readonly liquidation: string
  /** In the asset; null: no bound of its own. */
  readonly baseMaximum: string | null
  readonly quoteMaximum: string | null
}

/** Isolated margin (rules S1 to S5). */
export interface IsolatedDocument {
  /** How many times its own equity an account may owe (rule S2), where the pair has no tiers of its own. */
  readonly borrowMultiple: string
  readonly transferOut: string
  readonly marginCall: string
  readonly liquidation: string
  /** Whether liquidation stops once a loan would be possible again (rule Q6). */
  readonly stopEarly: boolean
  /** Accounts a user may have enabled at once. */
  readonly maximumAccounts: number
  /** How long an account that was disabled cannot be disabled again. */
  readonly disableIntervalMs: number
  /** By symbol, least owed first. */
  readonly tiers: Readonly<Record<string, readonly IsolatedTierDocument[]>>
}

export interface PolicyDocument {
  readonly profile: string
  /** Rules E3 and E4; null: no balance gate. */
  readonly minimumAverageBalance: string | null
  readonly isolatedMinimumAverageBalance: string | null
  readonly recheckBalance: boolean
  readonly disclosureVersion: string
  readonly exclusiveModes: boolean
  readonly exitCrossEquityMax: string | null
  /** Rule P3; null: no cap. */
  readonly positionInitialMarginCap: string | null
  readonly defaultLeverage: 3 | 5
  readonly levels: { readonly '3': LevelsDocument; readonly '5': LevelsDocument }
  readonly marginCallRepeatMs: number
  readonly marginCallStep: string
  readonly liquidationBand: string
  readonly takeoverAfterMs: number
  readonly clearanceFee: string
  /** What `LIQUIDATION_DEFAULT` says is used for what is absent. */
  readonly liquidation?: Partial<LiquidationDocument>
  readonly interestSplit: {
    readonly lenders: string
    readonly insuranceFund: string
    readonly venue: string
  }
  readonly makerFee: string
  readonly takerFee: string
  /** An index price that was declared is stale when it is older than this by the venue's clock. */
  readonly indexPriceAgeMaxMs: number
  /** What `ISOLATED_DEFAULT` says is used for what is absent. */
  readonly isolated?: Partial<IsolatedDocument>
  /** What `INDEX_PRICE_DEFAULT` says is used for what is absent. */
  readonly indexPrice?: Partial<IndexPriceDocument>
  /** How long a loosening change is known before it takes effect (rule O2); absent: a day. */
  readonly looseningDelayMs?: number
  /** What `TRADING_DEFAULT` says is used for what is absent. */
  readonly trading?: Partial<TradingDocument>
  /** What `LENDING_DEFAULT` says is used for what is absent. */
  readonly lending?: Partial<LendingDocument>
  /** What the insurance fund starts with, by asset. */
  readonly insuranceFund: Readonly<Record<string, string>>
}
