import { assert } from '../assert.ts'
import type { Side } from '../domain/order.ts'
import type { TradingSymbol } from '../domain/venue.ts'
import { baseOf } from '../domain/venue.ts'
import type { Leverage } from '../domain/wallet.ts'
import type { Prices } from '../margin/prices.ts'
import { priceOf } from '../margin/prices.ts'
import { largestPassing } from '../margin/search.ts'
import type { Amount } from '../money/amount.ts'
import { AMOUNT_SCALE, ZERO } from '../money/amount.ts'
import type { IndexPrice, Lots, Ticks, Value } from '../money/price.ts'
import { INDEX_PRICE_SCALE } from '../money/price.ts'
import type { Rate } from '../money/rate.ts'
import { RATE_SCALE } from '../money/rate.ts'
import { divCeil, divFloor, maxBigint, minBigint } from '../money/rounding.ts'

export interface PositionCapInput {
  /** E before the order. */
  readonly equity: Value
  /** Rule P3's share of E; null: no cap. */
  readonly cap: Rate | null
  readonly leverage: Leverage
  readonly symbol: TradingSymbol
  readonly prices: Prices
  readonly side: Side
  /** 0 when the size is `base`. */
  readonly lots: Lots
  /** The order's size in base when `lots` is 0. */
  readonly base?: Amount
  /** Null: at the index, as a market order. */
  readonly limitPrice: Ticks | null
  /** Signed base amount of the account's position in this pair. */
  readonly position: Amount
  /** What is left of the account's own open orders of the same side in this pair. */
  readonly resting: readonly { readonly price: Ticks; readonly lots: Lots }[]
  /**
   * Sells only: how far short the pair may go at most, which is what the account will owe of the base once this order
   * has borrowed, less its shorts in other pairs. What is sold beyond that is the account's own (rule P1).
   */
  readonly shortable: Amount | null
  /**
   * Sells only: the size up to which the order sells what is there and beyond which it borrows; null: it never
   * borrows. Left out, all of it counts as borrowed, which errs toward the cap.
   */
  readonly borrowsBeyond?: Amount | null
}

/** Amounts in USDT. */
export interface PositionCap {
  /** 'exempt': the order opens nothing and increases nothing. */
  readonly verdict: 'exempt' | 'within' | 'exceeds'
  /** Initial margin of the position and the increasing part of the open orders, before this order. */
  readonly used: Amount
  /** 0 without a cap. */
  readonly limit: Amount
  /** What this order adds to `used`. */
  readonly asked: Amount
  /** The largest size that is not refused, its exempt part included; at most the symbol's largest order. */
  readonly maxLots: Lots
}

/** Rule P2 on a notional: rounded up to 10⁻⁸ USDT. */
export function initialMarginOf(notional: Value, leverage: Leverage): Amount {
  return divCeil(notional, BigInt(leverage) * INDEX_PRICE_SCALE) as Amount
}

/** Rules P2, P3 and P5 for one order. The two index prices are needed unless the order is exempt. */
export function positionCap(input: PositionCapInput): PositionCap {
  const { symbol, cap } = input
  const size = input.lots > 0 ? baseOf(symbol, input.lots) : (input.base ?? ZERO)
  assert(size >= 0n, 'an order has a size')
  const exposure = exposureOf(input, size)
  const exempt = exposure.withOrder(size) <= exposure.before
  const limit =
    cap === null ? ZERO : (maxBigint(0n, divFloor(cap * input.equity, CAP_SCALE)) as Amount)
  const worth = worthOf(input)
  if (worth === null) {
    assert(exempt || cap === null, 'X3 an order that opens is refused before it is measured blind')
    const maxLots = cap === null ? symbol.maximumLots : lotsOf(symbol, size)
    return { verdict: exempt ? 'exempt' : 'within', used: ZERO, limit, asked: ZERO, maxLots }
  }
  const before = worthBefore(input, exposure, worth)
  const marginWith = (base: bigint): Amount =>
    marginOf(before + (exposure.withOrder(base) - exposure.before) * worth.order, input.leverage)
  const passes = (base: bigint): boolean =>
    cap === null || exposure.withOrder(base) <= exposure.before || marginWith(base) <= limit
  const used = marginOf(before, input.leverage)
  const room = (limit * BigInt(input.leverage) * WORTH_SCALE - before) / worth.order
  const nearly = (maxBigint(room, 0n) + exposure.reducible) / symbol.stepSize
  const most = BigInt(symbol.maximumLots)
  const maxLots = largestPassing(cap === null ? most : nearly, most, (lots) =>
    passes(lots * symbol.stepSize),
  )
  return {
    verdict: exempt ? 'exempt' : passes(size) ? 'within' : 'exceeds',
    used,
    limit,
    asked: (marginWith(size) - used) as Amount,
    maxLots: Number(maxLots) as Lots,
  }
}

/** Sizes in base on the order's side of the pair. */
interface Exposure {
  /** Of the position. */
  readonly open: bigint
  /** Of the position once the open orders have filled. */
  readonly before: bigint
  /** As `before`, with an order of this size filled as well. */
  readonly withOrder: (size: bigint) => bigint
  /** How much of the opposite position an order still finds to reduce. */
  readonly reducible: bigint
}

function exposureOf(input: PositionCapInput, asked: bigint): Exposure {
  const { side, symbol, position, resting } = input
  const direction = side === 'BUY' ? position : -position
  const withResting = resting.reduce((sum, { lots }) => sum + baseOf(symbol, lots), direction)
  const ceiling = shortCeiling(input, asked)
  const exposed = (target: bigint, size: bigint): bigint =>
    minBigint(maxBigint(target, 0n), ceiling(size) ?? maxBigint(target, 0n))
  const before = exposed(withResting, 0n)
  return {
    open: minBigint(maxBigint(direction, 0n), before),
    before,
    withOrder: (size) => exposed(withResting + size, size),
    reducible: maxBigint(-withResting, 0n),
  }
}

/** How far short the pair may go once an order of a size has borrowed; null: no bound. */
function shortCeiling(input: PositionCapInput, asked: bigint): (size: bigint) => bigint | null {
  const { side, shortable, borrowsBeyond } = input
  if (side === 'BUY' || shortable === null) return () => null
  if (borrowsBeyond === null) return () => shortable
  const own = borrowsBeyond ?? 0n
  const borrowed = (size: bigint): bigint => maxBigint(size - own, 0n)
  return (size) => maxBigint(shortable + borrowed(size) - borrowed(asked), 0n)
}

// One base unit (10⁻⁸) times a price with sixteen places: 10⁻²⁴ USDT, in which everything here is exact.
const WORTH_SCALE = AMOUNT_SCALE * INDEX_PRICE_SCALE
const CAP_SCALE = RATE_SCALE * INDEX_PRICE_SCALE

/** USDT for a whole base unit, in 10⁻¹⁶. */
interface Worth {
  readonly index: bigint
  readonly order: bigint
  readonly at: (price: Ticks) => bigint
}

/** The higher of limit and index for each price (rule P3); null when the pair's index is not complete. */
function worthOf({ symbol, prices, limitPrice }: PositionCapInput): Worth | null {
  const base: IndexPrice | null = priceOf(prices, symbol.base)
  const quote: IndexPrice | null = priceOf(prices, symbol.quote)
  if (base === null || quote === null) return null
  const index = base * AMOUNT_SCALE
  const at = (price: Ticks): bigint => maxBigint(BigInt(price) * symbol.tickSize * quote, index)
  return { index, at, order: limitPrice === null ? index : at(limitPrice) }
}

/** The position at index, and of the open orders as much as increases it: the dearest, as any of them may fill. */
function worthBefore(input: PositionCapInput, exposure: Exposure, worth: Worth): bigint {
  const dearestFirst = input.resting
    .map(({ price, lots }) => ({ each: worth.at(price), base: baseOf(input.symbol, lots) }))
    .sort((a, b) => (a.each === b.each ? 0 : a.each > b.each ? -1 : 1))
  let left = exposure.before - exposure.open
  let sum = exposure.open * worth.index
  for (const { each, base } of dearestFirst) {
    const part = minBigint(left, base)
    sum += part * each
    left -= part
  }
  assert(left === 0n, 'P3 what increases a position beyond itself rests in orders')
  return sum
}

function marginOf(worth: bigint, leverage: Leverage): Amount {
  return initialMarginOf(divCeil(worth, AMOUNT_SCALE) as Value, leverage)
}

function lotsOf(symbol: TradingSymbol, base: Amount): Lots {
  return Number(divFloor(base, symbol.stepSize)) as Lots
}
