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
  readonly dailyInterestRate: string
  readonly minimumBorrow: string
  readonly minimumRepay: string
  /** The most one user may owe (rule B2). */
  readonly userBorrowLimit: string
  /** The most the venue lends in total (rule B2). */
  readonly venueBorrowCap: string
  readonly pool: { readonly supply: string; readonly reserve: string }
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
  readonly interestSplit: {
    readonly lenders: string
    readonly insuranceFund: string
    readonly venue: string
  }
  readonly makerFee: string
  readonly takerFee: string
  /** An index price older than this by the venue's clock is unavailable. */
  readonly indexPriceAgeMaxMs: number
  /** What the insurance fund starts with, by asset. */
  readonly insuranceFund: Readonly<Record<string, string>>
}
