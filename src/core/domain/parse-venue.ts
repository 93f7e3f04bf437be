import { assert, present } from '../assert.ts'
import type { Amount } from '../money/amount.ts'
import { AMOUNT_DECIMALS, AMOUNT_SCALE } from '../money/amount.ts'
import { decimal } from '../money/decimal.ts'
import type { Lots, Ticks, Value } from '../money/price.ts'
import { VALUE_DECIMALS } from '../money/price.ts'
import type { Rate } from '../money/rate.ts'
import { RATE_DECIMALS } from '../money/rate.ts'
import { divCeil, divFloor } from '../money/rounding.ts'
import type { Fault } from './document-shape.ts'
import type { AssetIndex, SourceIndex, SymbolIndex } from './ids.ts'
import { INDEX_PRICE_DEFAULT } from './index-price-rules.ts'
import { ISOLATED_DEFAULT, isolatedTiers } from './isolated-policy.ts'
import { LENDING_DEFAULT } from './lending-default.ts'
import {
  LIQUIDATION_DEFAULT,
  LOOSENING_DELAY_DEFAULT_MS,
  ORDER_RULES_DEFAULT,
  TRADING_DEFAULT,
} from './order-rules-default.ts'
import type {
  Asset,
  Commission,
  IndexPricePolicy,
  LendingPolicy,
  Levels,
  LiquidationPolicy,
  OrderRules,
  Policy,
  PriceRange,
  SymbolFees,
  TradingPolicy,
  TradingSymbol,
  Venue,
} from './venue.ts'
import type {
  AssetDocument,
  CommissionDocument,
  LendingDocument,
  LevelsDocument,
  OrderRulesDocument,
  PolicyDocument,
  PriceRangeDocument,
  SymbolDocument,
  VenueDocument,
} from './venue-document.ts'
import { ruleFaults, VALUATION_ASSET, venueShape } from './venue-rules.ts'

export type { Fault } from './document-shape.ts'

/** The document that `raw` is, or everything that keeps it from being one. */
export function validateVenueDocument(
  raw: unknown,
): { readonly document: VenueDocument } | { readonly faults: readonly Fault[] } {
  const shapeFaults: Fault[] = []
  venueShape(raw, '', shapeFaults)
  if (shapeFaults.length > 0) return { faults: shapeFaults }
  const document = raw as VenueDocument
  const faults = ruleFaults(document)
  return faults.length > 0 ? { faults } : { document }
}

/** What the engine uses, from a document that `validateVenueDocument` accepts; any other is a bug of the caller. */
export function parseVenue(document: VenueDocument): Venue {
  const validated = validateVenueDocument(document)
  assert('document' in validated, 'a venue document is validated before it is parsed')
  const assets = document.assets.map((asset, index) => parseAsset(asset, index, document.assets))
  const assetByCode = new Map(assets.map((asset) => [asset.code, asset]))
  const symbols = document.symbols.map((symbol, index) => ({
    ...parseSymbol(symbol, index, assetByCode),
    isolatedTiers: isolatedTiers(symbol, document.policy.isolated),
  }))
  const policy = parsePolicy(document.policy, assetByCode)
  const usdt = present(assetByCode.get(VALUATION_ASSET), 'a venue values in USDT').index
  return {
    document,
    name: document.name,
    assets,
    symbols,
    usdt,
    assetByCode,
    symbolByName: new Map(symbols.map((symbol) => [symbol.symbol, symbol])),
    usdtSymbol: assets.map(
      ({ index }) =>
        symbols.find((symbol) => symbol.base === index && symbol.quote === usdt) ?? null,
    ),
    policy,
    sourceByName: new Map(policy.indexPrice.sources.map((source) => [source.name, source])),
  }
}

function parseAsset(document: AssetDocument, index: number, all: readonly AssetDocument[]): Asset {
  const { redemption = null, collateralCap, rateCurve } = document
  const collateral = document.collateral.map(({ upTo, weight }) => ({
    upTo: upTo === null ? null : (decimal(upTo, VALUE_DECIMALS) as Value),
    weight: rateOf(weight),
  }))
  return {
    index: index as AssetIndex,
    code: document.code,
    name: document.name,
    stable: document.stable,
    borrowable: document.borrowable,
    collateral,
    policyCollateral: collateral,
    collateralCap: collateralCap ? (decimal(collateralCap, VALUE_DECIMALS) as Value) : null,
    dailyInterestRate: rateOf(document.dailyInterestRate),
    rateCurve: rateCurve
      ? {
          kink: rateOf(rateCurve.kink),
          atKink: rateOf(rateCurve.atKink),
          atFull: rateOf(rateCurve.atFull),
        }
      : null,
    minimumBorrow: amountOf(document.minimumBorrow),
    minimumRepay: amountOf(document.minimumRepay),
    userBorrowLimit: amountOf(document.userBorrowLimit),
    venueBorrowCap: amountOf(document.venueBorrowCap),
    poolSupply: amountOf(document.pool.supply),
    poolReserve: amountOf(document.pool.reserve),
    maximumPerOrder: optionalAmount(document.maximumPerOrder ?? null),
    redemption: redemption && {
      underlying: all.findIndex(({ code }) => code === redemption.underlying) as AssetIndex,
      ratio: rateOf(redemption.ratio),
      movePerDayMax: rateOf(redemption.movePerDayMax),
    },
  }
}

function parseSymbol(
  document: SymbolDocument,
  index: number,
  assetByCode: ReadonlyMap<string, Asset>,
): Omit<TradingSymbol, 'isolatedTiers'> {
  const tickSize = amountOf(document.tickSize)
  const stepSize = amountOf(document.stepSize)
  const quotePerTickLot = (tickSize * stepSize) / AMOUNT_SCALE
  const tickLots = (count: bigint): number =>
    count > BigInt(Number.MAX_SAFE_INTEGER) ? Number.POSITIVE_INFINITY : Number(count)
  const ticks = (price: string): Ticks => Number(amountOf(price) / tickSize) as Ticks
  const lots = (quantity: string): Lots => Number(amountOf(quantity) / stepSize) as Lots
  return {
    index: index as SymbolIndex,
    symbol: document.symbol,
    base: present(assetByCode.get(document.base), 'a base is an asset').index,
    quote: present(assetByCode.get(document.quote), 'a quote is an asset').index,
    tickSize,
    stepSize,
    quotePerTickLot,
    minimumPrice: ticks(document.minimumPrice),
    maximumPrice: ticks(document.maximumPrice),
    minimumLots: lots(document.minimumQuantity),
    maximumLots: lots(document.maximumQuantity),
    marketMaximumLots: lots(document.marketMaximumQuantity),
    minimumNotional: amountOf(document.minimumNotional),
    maximumNotional: amountOf(document.maximumNotional),
    minimumTickLots: tickLots(divCeil(amountOf(document.minimumNotional), quotePerTickLot)),
    maximumTickLots: tickLots(divFloor(amountOf(document.maximumNotional), quotePerTickLot)),
    percentPrice: parseRange(document.percentPrice),
    maximumOpenOrders: document.maximumOpenOrders,
    margin: document.margin,
    orderRules: parseOrderRules({ ...ORDER_RULES_DEFAULT, ...document.orderRules }),
    fees: parseFees({ ...ORDER_RULES_DEFAULT, ...document.orderRules }),
    screen: { tickSize: Number(tickSize), stepSize: Number(stepSize) },
  }
}

function parseRange({ bidUp, bidDown, askUp, askDown }: PriceRangeDocument): PriceRange {
  return {
    bidUp: rateOf(bidUp),
    bidDown: rateOf(bidDown),
    askUp: rateOf(askUp),
    askDown: rateOf(askDown),
  }
}

function parseOrderRules(document: OrderRulesDocument): OrderRules {
  const { executionBand, volatilityInterruption } = document
  return {
    maximumAlgoOrders: document.maximumAlgoOrders,
    maximumIcebergOrders: document.maximumIcebergOrders,
    maximumIcebergParts: document.maximumIcebergParts,
    maximumOrderLists: document.maximumOrderLists,
    maximumAmendments: document.maximumAmendments,
    trailingDelta: document.trailingDelta,
    maximumPosition: optionalAmount(document.maximumPosition),
    selfTradePrevention: document.selfTradePrevention,
    executionBand: executionBand === null ? null : parseRange(executionBand),
    volatilityInterruption:
      volatilityInterruption === null
        ? null
        : { ...volatilityInterruption, band: rateOf(volatilityInterruption.band) },
  }
}

const NO_COMMISSION: CommissionDocument = { maker: '0', taker: '0', buyer: '0', seller: '0' }

function parseFees(document: OrderRulesDocument): SymbolFees {
  const { standardCommission, taxCommission, specialCommission } = document
  const tax = parseCommission(taxCommission ?? NO_COMMISSION)
  const special = parseCommission(specialCommission ?? NO_COMMISSION)
  return {
    standard: standardCommission === null ? null : parseCommission(standardCommission),
    tax,
    special,
    additional: {
      maker: (tax.maker + special.maker) as Rate,
      taker: (tax.taker + special.taker) as Rate,
      buyer: (tax.buyer + special.buyer) as Rate,
      seller: (tax.seller + special.seller) as Rate,
    },
  }
}

function parseCommission({ maker, taker, buyer, seller }: CommissionDocument): Commission {
  return {
    maker: rateOf(maker),
    taker: rateOf(taker),
    buyer: rateOf(buyer),
    seller: rateOf(seller),
  }
}

function parseLevels(document: LevelsDocument): Levels {
  return {
    transferOut: rateOf(document.transferOut),
    borrow: rateOf(document.borrow),
    marginCall: rateOf(document.marginCall),
    liquidation: rateOf(document.liquidation),
    stopEarly: document.stopEarly === null ? null : rateOf(document.stopEarly),
    screen: { marginCall: Number(document.marginCall), liquidation: Number(document.liquidation) },
  }
}

function parsePolicy(document: PolicyDocument, assetByCode: ReadonlyMap<string, Asset>): Policy {
  const cap = document.positionInitialMarginCap
  return {
    profile: document.profile,
    minimumAverageBalance: optionalAmount(document.minimumAverageBalance),
    isolatedMinimumAverageBalance: optionalAmount(document.isolatedMinimumAverageBalance),
    recheckBalance: document.recheckBalance,
    disclosureVersion: document.disclosureVersion,
    exclusiveModes: document.exclusiveModes,
    exitCrossEquityMax: optionalAmount(document.exitCrossEquityMax),
    positionInitialMarginCap: cap === null ? null : rateOf(cap),
    defaultLeverage: document.defaultLeverage,
    levels: { 3: parseLevels(document.levels['3']), 5: parseLevels(document.levels['5']) },
    marginCallRepeatMs: document.marginCallRepeatMs,
    marginCallStep: rateOf(document.marginCallStep),
    liquidationBand: rateOf(document.liquidationBand),
    takeoverAfterMs: document.takeoverAfterMs,
    clearanceFee: rateOf(document.clearanceFee),
    liquidation: parseLiquidation(document),
    interestSplit: {
      lenders: rateOf(document.interestSplit.lenders),
      insuranceFund: rateOf(document.interestSplit.insuranceFund),
      venue: rateOf(document.interestSplit.venue),
    },
    isolated: { ...ISOLATED_DEFAULT, ...document.isolated },
    looseningDelayMs: document.looseningDelayMs ?? LOOSENING_DELAY_DEFAULT_MS,
    trading: parseTrading(document),
    lending: parseLending({ ...LENDING_DEFAULT, ...document.lending }, assetByCode),
    indexPriceAgeMaxMs: document.indexPriceAgeMaxMs,
    indexPrice: parseIndexPrice(document),
    insuranceFund: [...assetByCode.values()].flatMap((asset) => {
      const held = document.insuranceFund[asset.code]
      return held === undefined ? [] : [[asset.index, amountOf(held)] as const]
    }),
  }
}

function parseIndexPrice({ indexPrice }: PolicyDocument): IndexPricePolicy {
  const document = { ...INDEX_PRICE_DEFAULT, ...indexPrice }
  return {
    ...document,
    sources: document.sources.map(({ name, weight }, index) => ({
      index: index as SourceIndex,
      name,
      weight: rateOf(weight),
    })),
    ownTradesWeight: optionalRate(document.ownTradesWeight),
    clampBand: rateOf(document.clampBand),
    rateLimitPerHour: optionalRate(document.rateLimitPerHour),
  }
}

function parseTrading({ trading, makerFee, takerFee }: PolicyDocument): TradingPolicy {
  const document = { ...TRADING_DEFAULT, ...trading }
  const tiers = [{ volume: '0', maker: makerFee, taker: takerFee }, ...document.feeTiers]
  return {
    ...document,
    feeTiers: tiers.map(({ volume, maker, taker }) => ({
      volume: amountOf(volume),
      maker: rateOf(maker),
      taker: rateOf(taker),
    })),
  }
}

function parseLending(
  { vip, smallDebt, interestInBnb }: LendingDocument,
  assetByCode: ReadonlyMap<string, Asset>,
): LendingPolicy {
  const levels = [{ borrowLimit: '1', interest: '1' }, ...vip]
  return {
    vip: levels.map(({ borrowLimit, interest }) => ({
      borrowLimit: rateOf(borrowLimit),
      interest: rateOf(interest),
    })),
    smallDebt: { below: amountOf(smallDebt.below), everyMs: smallDebt.everyMs },
    interestInBnb: interestInBnb && {
      asset: present(assetByCode.get(interestInBnb.asset), 'interest is paid in an asset').index,
      discount: rateOf(interestInBnb.discount),
    },
  }
}

function parseLiquidation({ liquidation }: PolicyDocument): LiquidationPolicy {
  const document = { ...LIQUIDATION_DEFAULT, ...liquidation }
  return {
    ordersPerCommand: document.ordersPerCommand,
    fundBand: document.fundBand === null ? null : rateOf(document.fundBand),
    fundOrderMax: amountOf(document.fundOrderMax),
  }
}

function optionalAmount(text: string | null): Amount | null {
  return text === null ? null : amountOf(text)
}

function optionalRate(text: string | null): Rate | null {
  return text === null ? null : rateOf(text)
}

function amountOf(text: string): Amount {
  return decimal(text, AMOUNT_DECIMALS) as Amount
}

function rateOf(text: string): Rate {
  return decimal(text, RATE_DECIMALS) as Rate
}
