import type { Amount } from '../money/amount.ts'
import type { Lots, Ticks, Value } from '../money/price.ts'
import type { Rate } from '../money/rate.ts'
import type { AssetIndex, SymbolIndex } from './ids.ts'
import type { VenueDocument } from './venue-document.ts'
import type { Leverage } from './wallet.ts'

export interface CollateralBand {
  /** The band's upper end on the asset's USDT notional; null: no end. */
  readonly upTo: Value | null
  readonly weight: Rate
}

export interface Asset {
  readonly index: AssetIndex
  readonly code: string
  readonly name: string
  readonly stable: boolean
  readonly borrowable: boolean
  readonly collateral: readonly CollateralBand[]
  readonly dailyInterestRate: Rate
  readonly minimumBorrow: Amount
  readonly minimumRepay: Amount
  readonly userBorrowLimit: Amount
  readonly venueBorrowCap: Amount
  readonly poolSupply: Amount
  readonly poolReserve: Amount
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
  readonly percentPrice: {
    readonly bidUp: Rate
    readonly bidDown: Rate
    readonly askUp: Rate
    readonly askDown: Rate
  }
  readonly maximumOpenOrders: number
  readonly margin: boolean
}

/** One leverage's thresholds (rule L1). */
export interface Levels {
  readonly leverage: Leverage
  readonly transferOut: Rate
  readonly borrow: Rate
  readonly marginCall: Rate
  readonly liquidation: Rate
  readonly stopEarly: Rate | null
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
  readonly interestSplit: {
    readonly lenders: Rate
    readonly insuranceFund: Rate
    readonly venue: Rate
  }
  readonly makerFee: Rate
  readonly takerFee: Rate
  readonly indexPriceAgeMaxMs: number
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
