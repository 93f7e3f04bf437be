import { AMOUNT_DECIMALS, AMOUNT_MAX, AMOUNT_SCALE } from '../money/amount.ts'
import { decimal } from '../money/decimal.ts'
import { TICKS_LIMIT, VALUE_DECIMALS, VALUE_SCALE } from '../money/price.ts'
import { RATE_DECIMALS, RATE_SCALE } from '../money/rate.ts'
import type { Fault } from './document-shape.ts'
import {
  decimalText,
  flag,
  listOf,
  matching,
  nullable,
  objectOf,
  oneOf,
  optional,
  positiveInteger,
  recordOf,
  text,
  wholeNumber,
} from './document-shape.ts'
import {
  indexPriceShape,
  redemptionFaults,
  redemptionShape,
  sourceFaults,
} from './index-price-rules.ts'
import { isolatedFaults, isolatedShape } from './isolated-policy.ts'
import { curveFaults, lendingFaults, lendingShape, rateCurveShape } from './lending-rules.ts'
import { SELF_TRADE_PREVENTIONS } from './order.ts'
import type {
  AssetDocument,
  FeeTierDocument,
  LevelsDocument,
  OrderRulesDocument,
  PolicyDocument,
  PriceRangeDocument,
  SymbolDocument,
  VenueDocument,
} from './venue-document.ts'

/** Lots are at most this, so that a price level of thousands of the largest orders still sums to a safe integer. */
export const LOTS_LIMIT = 2 ** 40

/** The asset everything is valued in. */
export const VALUATION_ASSET = 'USDT'

const code = matching(/^[A-Z0-9]{2,20}$/, '2 to 20 capital letters or digits')
const amountText = decimalText(AMOUNT_DECIMALS, 0n, AMOUNT_MAX)
const positiveAmount = decimalText(AMOUNT_DECIMALS, 1n, AMOUNT_MAX)
const bandEnd = decimalText(VALUE_DECIMALS, 1n, VALUE_SCALE * 10n ** 15n)
const fraction = decimalText(RATE_DECIMALS, 0n, RATE_SCALE)
const positiveFraction = decimalText(RATE_DECIMALS, 1n, RATE_SCALE)
const ratio = decimalText(RATE_DECIMALS, 1n, RATE_SCALE * 1_000n)

const asset = objectOf({
  code,
  name: text,
  stable: flag,
  borrowable: flag,
  collateral: listOf(objectOf({ upTo: nullable(bandEnd), weight: fraction })),
  collateralCap: optional(nullable(bandEnd)),
  dailyInterestRate: fraction,
  rateCurve: optional(nullable(rateCurveShape)),
  minimumBorrow: positiveAmount,
  minimumRepay: positiveAmount,
  userBorrowLimit: amountText,
  venueBorrowCap: amountText,
  pool: objectOf({ supply: amountText, reserve: amountText }),
  maximumPerOrder: optional(nullable(positiveAmount)),
  redemption: optional(redemptionShape),
})

const priceRange = objectOf({ bidUp: ratio, bidDown: ratio, askUp: ratio, askDown: ratio })
const commissionRate = decimalText(RATE_DECIMALS, 0n, RATE_SCALE / 4n)
const commission = objectOf({
  maker: commissionRate,
  taker: commissionRate,
  buyer: commissionRate,
  seller: commissionRate,
})
const selfTradePrevention = oneOf(...SELF_TRADE_PREVENTIONS)

const orderRules = objectOf({
  maximumAlgoOrders: optional(wholeNumber),
  maximumIcebergOrders: optional(wholeNumber),
  maximumIcebergParts: optional(positiveInteger),
  maximumOrderLists: optional(wholeNumber),
  maximumAmendments: optional(wholeNumber),
  trailingDelta: optional(
    objectOf({
      aboveMinimum: positiveInteger,
      aboveMaximum: positiveInteger,
      belowMinimum: positiveInteger,
      belowMaximum: positiveInteger,
    }),
  ),
  maximumPosition: optional(nullable(positiveAmount)),
  selfTradePrevention: optional(
    objectOf({ default: selfTradePrevention, allowed: listOf(selfTradePrevention) }),
  ),
  executionBand: optional(nullable(priceRange)),
  volatilityInterruption: optional(
    nullable(
      objectOf({ band: positiveFraction, windowMs: positiveInteger, pauseMs: positiveInteger }),
    ),
  ),
  standardCommission: optional(nullable(commission)),
  taxCommission: optional(nullable(commission)),
  specialCommission: optional(nullable(commission)),
})

const trading = objectOf({
  stopTrigger: optional(oneOf('LAST_TRADE', 'INDEX')),
  triggersPerCommand: optional(positiveInteger),
  clientOrderIdWindowMs: optional(wholeNumber),
  maximumOrderAgeMs: optional(nullable(positiveInteger)),
  feeTiers: optional(
    listOf(objectOf({ volume: positiveAmount, maker: commissionRate, taker: commissionRate })),
  ),
  maximumOrders: optional(positiveInteger),
  maximumAlgoOrders: optional(wholeNumber),
  maximumIcebergOrders: optional(wholeNumber),
  maximumOrderLists: optional(wholeNumber),
})

const symbol = objectOf({
  symbol: code,
  base: code,
  quote: code,
  tickSize: positiveAmount,
  minimumPrice: positiveAmount,
  maximumPrice: positiveAmount,
  stepSize: positiveAmount,
  minimumQuantity: positiveAmount,
  maximumQuantity: positiveAmount,
  marketMaximumQuantity: positiveAmount,
  minimumNotional: amountText,
  maximumNotional: positiveAmount,
  percentPrice: priceRange,
  maximumOpenOrders: positiveInteger,
  margin: flag,
  orderRules: optional(orderRules),
})

const levels = objectOf({
  transferOut: ratio,
  borrow: ratio,
  marginCall: ratio,
  liquidation: ratio,
  stopEarly: nullable(ratio),
})

const liquidation = objectOf({
  ordersPerCommand: optional(positiveInteger),
  fundBand: optional(nullable(decimalText(RATE_DECIMALS, 1n, RATE_SCALE - 1n))),
  fundOrderMax: optional(amountText),
})

const policy = objectOf({
  profile: text,
  minimumAverageBalance: nullable(amountText),
  isolatedMinimumAverageBalance: nullable(amountText),
  recheckBalance: flag,
  disclosureVersion: text,
  exclusiveModes: flag,
  exitCrossEquityMax: nullable(amountText),
  positionInitialMarginCap: nullable(positiveFraction),
  defaultLeverage: oneOf(3, 5),
  levels: objectOf({ '3': levels, '5': levels }),
  marginCallRepeatMs: positiveInteger,
  marginCallStep: positiveFraction,
  liquidationBand: decimalText(RATE_DECIMALS, 1n, RATE_SCALE - 1n),
  takeoverAfterMs: positiveInteger,
  clearanceFee: fraction,
  liquidation: optional(liquidation),
  interestSplit: objectOf({ lenders: fraction, insuranceFund: fraction, venue: fraction }),
  makerFee: decimalText(RATE_DECIMALS, 0n, RATE_SCALE - 1n),
  takerFee: decimalText(RATE_DECIMALS, 0n, RATE_SCALE - 1n),
  indexPriceAgeMaxMs: positiveInteger,
  isolated: optional(isolatedShape),
  indexPrice: optional(indexPriceShape),
  looseningDelayMs: optional(positiveInteger),
  trading: optional(trading),
  lending: optional(lendingShape),
  insuranceFund: recordOf(amountText),
})

/** The fields a venue document has and what each may hold. */
export const venueShape = objectOf({
  name: text,
  assets: listOf(asset),
  symbols: listOf(symbol),
  policy,
})

/** What a document of the right shape may still get wrong: rules that join several fields. */
export function ruleFaults(document: VenueDocument): Fault[] {
  const { assets, symbols } = document
  return [
    ...duplicates(assets, (item) => item.code, 'assets', 'code'),
    ...duplicates(symbols, (item) => item.symbol, 'symbols', 'symbol'),
    ...duplicates(symbols, (item) => `${item.base} against ${item.quote}`, 'symbols', 'base'),
    ...assets.flatMap((item, index) => assetFaults(item, `assets[${index}]`)),
    ...symbols.flatMap((item, index) => symbolFaults(item, `symbols[${index}]`, assets)),
    ...valuationFaults(document),
    ...redemptionFaults(assets),
    ...sourceFaults(document.policy.indexPrice ?? {}),
    ...policyFaults(document.policy, assets),
    ...isolatedFaults(document.policy.isolated),
  ]
}

function duplicates<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
  list: string,
  field: string,
): Fault[] {
  const seen = new Map<string, number>()
  return items.flatMap((item, index) => {
    const name = nameOf(item)
    const first = seen.get(name)
    if (first === undefined) {
      seen.set(name, index)
      return []
    }
    return [{ path: `${list}[${index}].${field}`, message: `${name} is already ${list}[${first}]` }]
  })
}

function assetFaults(document: AssetDocument, path: string): Fault[] {
  const faults = bandFaults(document, `${path}.collateral`)
  if (amountOf(document.pool.reserve) > amountOf(document.pool.supply)) {
    faults.push({ path: `${path}.pool.reserve`, message: 'is more than the pool’s supply' })
  }
  return [...faults, ...curveFaults(document, `${path}.rateCurve`)]
}

function bandFaults({ collateral }: AssetDocument, path: string): Fault[] {
  const faults: Fault[] = []
  collateral.forEach((band, index) => {
    const last = index === collateral.length - 1
    if (last !== (band.upTo === null)) {
      faults.push({
        path: `${path}[${index}].upTo`,
        message: 'is null in the last band, only there',
      })
    }
    const before = collateral[index - 1]
    if (before === undefined) return
    if (
      before.upTo !== null &&
      band.upTo !== null &&
      bandEndOf(band.upTo) <= bandEndOf(before.upTo)
    ) {
      faults.push({ path: `${path}[${index}].upTo`, message: 'must be above the band before' })
    }
    // A weight that rose with size would make the marginal value of collateral grow: rule C1 only falls.
    if (rateOf(band.weight) > rateOf(before.weight)) {
      faults.push({ path: `${path}[${index}].weight`, message: 'must not exceed the band before' })
    }
  })
  return faults
}

function symbolFaults(
  document: SymbolDocument,
  path: string,
  assets: readonly AssetDocument[],
): Fault[] {
  const faults: Fault[] = []
  for (const side of ['base', 'quote'] as const) {
    if (!assets.some((item) => item.code === document[side])) {
      const message = `${document[side]} is not among the assets`
      faults.push({ path: `${path}.${side}`, message })
    }
  }
  if (document.base === document.quote) {
    faults.push({ path: `${path}.quote`, message: 'must differ from the base' })
  }
  const tick = amountOf(document.tickSize)
  const step = amountOf(document.stepSize)
  if ((tick * step) % AMOUNT_SCALE !== 0n) {
    const message = `tick × step must be a whole number of 10^-8 ${document.quote}: enlarge one of them`
    faults.push({ path: `${path}.stepSize`, message })
  }
  faults.push(...priceFaults(document, path, tick), ...lotFaults(document, path, step))
  if (amountOf(document.minimumNotional) > amountOf(document.maximumNotional)) {
    faults.push({ path: `${path}.minimumNotional`, message: 'is above maximumNotional' })
  }
  faults.push(
    ...rangeFaults(document.percentPrice, `${path}.percentPrice`),
    ...orderRulesFaults(document.orderRules ?? {}, `${path}.orderRules`),
  )
  return faults
}

function rangeFaults(range: PriceRangeDocument, path: string): Fault[] {
  return (['bid', 'ask'] as const)
    .filter((side) => rateOf(range[`${side}Down`]) >= rateOf(range[`${side}Up`]))
    .map((side) => ({ path: `${path}.${side}Down`, message: `must be below ${side}Up` }))
}

function orderRulesFaults(rules: Partial<OrderRulesDocument>, path: string): Fault[] {
  const faults: Fault[] = []
  const { executionBand, trailingDelta, selfTradePrevention } = rules
  if (executionBand) faults.push(...rangeFaults(executionBand, `${path}.executionBand`))
  for (const way of ['above', 'below'] as const) {
    if (trailingDelta === undefined) break
    const { [`${way}Maximum` as const]: maximum, [`${way}Minimum` as const]: minimum } =
      trailingDelta
    const at = `${path}.trailingDelta.${way}Maximum`
    if (maximum < minimum) faults.push({ path: at, message: `is below ${way}Minimum` })
    // At 10,000 a price would have to fall to nothing.
    if (maximum >= 10_000) faults.push({ path: at, message: 'must be below 10000' })
  }
  if (
    selfTradePrevention !== undefined &&
    !selfTradePrevention.allowed.includes(selfTradePrevention.default)
  ) {
    const message = 'must be among the allowed'
    faults.push({ path: `${path}.selfTradePrevention.default`, message })
  }
  return faults
}

function priceFaults(document: SymbolDocument, path: string, tick: bigint): Fault[] {
  const faults: Fault[] = []
  for (const field of ['minimumPrice', 'maximumPrice'] as const) {
    if (amountOf(document[field]) % tick !== 0n) {
      faults.push({ path: `${path}.${field}`, message: 'must be a multiple of tickSize' })
    }
  }
  if (amountOf(document.minimumPrice) > amountOf(document.maximumPrice)) {
    faults.push({ path: `${path}.minimumPrice`, message: 'is above maximumPrice' })
  }
  if (amountOf(document.maximumPrice) / tick >= BigInt(TICKS_LIMIT)) {
    const message = 'is 2^30 ticks or more: enlarge tickSize or lower maximumPrice'
    faults.push({ path: `${path}.maximumPrice`, message })
  }
  return faults
}

function lotFaults(document: SymbolDocument, path: string, step: bigint): Fault[] {
  const faults: Fault[] = []
  for (const field of ['minimumQuantity', 'maximumQuantity', 'marketMaximumQuantity'] as const) {
    if (amountOf(document[field]) % step !== 0n) {
      faults.push({ path: `${path}.${field}`, message: 'must be a multiple of stepSize' })
    }
  }
  for (const field of ['maximumQuantity', 'marketMaximumQuantity'] as const) {
    if (amountOf(document[field]) < amountOf(document.minimumQuantity)) {
      faults.push({ path: `${path}.${field}`, message: 'is below minimumQuantity' })
    }
    if (amountOf(document[field]) / step > BigInt(LOTS_LIMIT)) {
      const message = 'is more than 2^40 lots: enlarge stepSize or lower it'
      faults.push({ path: `${path}.${field}`, message })
    }
  }
  return faults
}

/** Everything is valued in USDT, and liquidation sells and buys through USDT symbols (rule Q3). */
function valuationFaults({ assets, symbols }: VenueDocument): Fault[] {
  const usdt = assets.findIndex((item) => item.code === VALUATION_ASSET)
  if (usdt < 0) return [{ path: 'assets', message: `${VALUATION_ASSET} is missing` }]
  const faults: Fault[] = []
  if (assets[usdt]?.stable === false) {
    faults.push({ path: `assets[${usdt}].stable`, message: `${VALUATION_ASSET} is stable` })
  }
  assets.forEach((item, index) => {
    if (index === usdt) return
    const quoted = symbols.some(
      (symbolOf) => symbolOf.base === item.code && symbolOf.quote === VALUATION_ASSET,
    )
    if (!quoted) {
      const message = `${item.code} has no symbol against ${VALUATION_ASSET}`
      faults.push({ path: `assets[${index}]`, message })
    }
  })
  return faults
}

function tierFaults(tiers: readonly FeeTierDocument[]): Fault[] {
  return tiers.flatMap(({ volume }, index) => {
    const before = tiers[index - 1]
    if (before === undefined || amountOf(volume) > amountOf(before.volume)) return []
    return [{ path: `policy.trading.feeTiers[${index}].volume`, message: 'must rise by tier' }]
  })
}

function policyFaults(document: PolicyDocument, assets: readonly AssetDocument[]): Fault[] {
  const faults = [
    ...lendingFaults(document.lending ?? {}, assets),
    ...tierFaults(document.trading?.feeTiers ?? []),
    ...levelFaults(document.levels['3'], 'policy.levels.3'),
    ...levelFaults(document.levels['5'], 'policy.levels.5'),
  ]
  const { lenders, insuranceFund, venue } = document.interestSplit
  if (rateOf(lenders) + rateOf(insuranceFund) + rateOf(venue) !== RATE_SCALE) {
    faults.push({ path: 'policy.interestSplit', message: 'must sum to 1' })
  }
  for (const held of Object.keys(document.insuranceFund)) {
    if (!assets.some((item) => item.code === held)) {
      faults.push({ path: `policy.insuranceFund.${held}`, message: 'is not among the assets' })
    }
  }
  return faults
}

/** Rule L1: transfer > borrow > call > liquidation > 1. */
function levelFaults(document: LevelsDocument, path: string): Fault[] {
  const faults: Fault[] = []
  const order = ['transferOut', 'borrow', 'marginCall', 'liquidation'] as const
  order.forEach((field, index) => {
    const next = order[index + 1]
    const floor = next === undefined ? RATE_SCALE : rateOf(document[next])
    if (rateOf(document[field]) <= floor) {
      faults.push({ path: `${path}.${field}`, message: `must be above ${next ?? '1'}` })
    }
  })
  const { stopEarly, liquidation } = document
  if (stopEarly !== null && rateOf(stopEarly) <= rateOf(liquidation)) {
    faults.push({ path: `${path}.stopEarly`, message: 'must be above liquidation' })
  }
  return faults
}

function amountOf(decimalText: string): bigint {
  return decimal(decimalText, AMOUNT_DECIMALS)
}

function rateOf(decimalText: string): bigint {
  return decimal(decimalText, RATE_DECIMALS)
}

function bandEndOf(decimalText: string): bigint {
  return decimal(decimalText, VALUE_DECIMALS)
}
