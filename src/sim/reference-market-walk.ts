import { present } from '../core/assert.ts'
import type { SelfTradePrevention, Side } from '../core/domain/order.ts'
import { opposite } from '../core/domain/order.ts'
import type { PriceRange } from '../core/domain/venue.ts'
import { RATE_SCALE } from '../core/money/rate.ts'
import type { Fraction, ModelOrder, ModelState, ModelSymbol } from './reference-market-state.ts'
import {
  freeOf,
  hasNoLimit,
  isStop,
  isWorkingOrder,
  lockedAsset,
  lockFor,
  referencePrice,
  remainingOf,
  sideOf,
  symbolOf,
  userOf,
  worthOf,
} from './reference-market-state.ts'

export interface TradeStep {
  readonly kind: 'trade'
  readonly maker: ModelOrder
  readonly lots: number
  /** What an iceberg shows anew, behind all others at its price (rule T7). */
  readonly replenished: number
}

export interface PreventedStep {
  readonly kind: 'prevented'
  readonly maker: ModelOrder
  readonly mode: SelfTradePrevention
  readonly makerLots: number
  readonly takerLots: number
  readonly shownLess: number
  /** The prevented quantity changes hands. */
  readonly transfers: boolean
}

/** What taking would do, step by step, without having done it. */
export interface Walk {
  readonly steps: (TradeStep | PreventedStep)[]
  /** Why it stopped before its limit or the end of the book; null: it did not. */
  stopped: 'price_range' | 'volatility' | 'self_trade' | null
  /** Lots left; of an order by quote quantity 1 if another would fit at the last price that it met, else 0. */
  left: number
}

/** A resting order as the walk sees it: the walk changes this and never the order. */
interface Standing {
  readonly maker: ModelOrder
  left: number
  shown: number
}

/** What remains of the taker: lots, and what it may still spend or receive; null: as much as it likes. */
interface Appetite {
  /** Null: an order by quote quantity. */
  lots: number | null
  budget: bigint | null
}

/** Rules T1 to T7, T18 and T19 for an order that begins to take. */
export function walkBook(state: ModelState, order: ModelOrder): Walk {
  const walk = walkAsMuchAsPossible(state, order)
  const whole = walk.steps.reduce((sum, step) => sum + (step.kind === 'trade' ? step.lots : 0), 0)
  // Whole or not at all, and the book stays as it was (rule T3).
  if (order.place.timeInForce === 'FOK' && whole < remainingOf(order)) {
    const stopped = walk.steps.length === 0 ? walk.stopped : null
    return { steps: [], stopped, left: remainingOf(order) }
  }
  return walk
}

function walkAsMuchAsPossible(state: ModelState, order: ModelOrder): Walk {
  const walk = walkWithin(state, order, null)
  const funds = fundsOf(state, order)
  if (funds === null || costOfTaking(state, walk, order) <= funds) return walk
  return walkWithin(state, order, funds)
}

/** What a purchase would pay for, what would change hands without a trade included. */
function costOfTaking(state: ModelState, { steps }: Walk, { place }: ModelOrder): bigint {
  const symbol = symbolOf(state, place.symbol)
  return steps.reduce((sum, step) => {
    const lots = step.kind === 'trade' ? step.lots : step.transfers ? step.takerLots : 0
    return sum + worthOf(symbol, step.maker.place.price, lots)
  }, 0n)
}

/** @param funds What there is to pay with, what is prevented included; null: enough. */
function walkWithin(state: ModelState, order: ModelOrder, funds: bigint | null): Walk {
  const symbol = symbolOf(state, order.place.symbol)
  const resting = sideOf(symbol, opposite(order.place.side)).map(
    (maker): Standing => ({ maker, left: remainingOf(maker), shown: maker.shown }),
  )
  const guards = guardsFor(state, symbol, order.place.side)
  const { quoteQuantity } = order.place
  const appetite: Appetite =
    quoteQuantity > 0n
      ? { lots: null, budget: quoteQuantity }
      : { lots: remainingOf(order), budget: funds }
  const walk: Walk = { steps: [], stopped: null, left: 0 }
  while (walk.stopped === null) {
    walk.left = leftOf(walk, symbol, appetite)
    const best = resting[0]
    if (walk.left === 0 || best === undefined) break
    const { price } = best.maker.place
    if (!reaches(order, price)) break
    walk.stopped = guards(price)
    const wanted = lotsWanted(symbol, appetite, price)
    if (walk.stopped !== null || wanted === 0) break
    if (mayTrade(state, order, best.maker)) trade(walk, symbol, appetite, resting, wanted)
    else prevent(walk, symbol, appetite, resting, wanted, order)
  }
  return walk
}

/** An order to buy at market whose time has come buys what its lock and what is free pay for (rule T11); null: no matter. */
function fundsOf(state: ModelState, order: ModelOrder): bigint | null {
  const { place } = order
  const hasWaited = isStop(place.orderType) || (order.list !== null && !isWorkingOrder(order))
  if (!hasNoLimit(place.orderType) || place.side === 'SELL' || !hasWaited) return null
  return freeOf(state, place.userId, lockedAsset(state, order)) + lockFor(state, order)
}

/** One by quote quantity has nothing left when no further lot fits at the last price that it met (rule T5). */
function leftOf(walk: Walk, symbol: ModelSymbol, appetite: Appetite): number {
  if (appetite.lots !== null) return appetite.lots
  const last = walk.steps.at(-1)
  return last === undefined ? 1 : Math.min(1, lotsWanted(symbol, appetite, last.maker.place.price))
}

function lotsWanted(symbol: ModelSymbol, { lots, budget }: Appetite, price: number): number {
  const payable = budget === null ? Infinity : Number(budget / worthOf(symbol, price, 1))
  return Math.min(lots ?? Infinity, payable)
}

/** Whether an order that enters now would meet the other side of the book at this price. */
export function reaches({ place }: ModelOrder, price: number): boolean {
  if (hasNoLimit(place.orderType)) return true
  return place.side === 'BUY' ? price <= place.price : price >= place.price
}

/** Rule T6: the taker decides, by asking for `NONE`. */
function mayTrade(state: ModelState, taker: ModelOrder, maker: ModelOrder): boolean {
  if (taker.place.selfTradePrevention === 'NONE') return true
  if (taker.place.userId === maker.place.userId) return false
  const group = userOf(state, taker.place.userId).tradeGroupId
  return group === null || group !== userOf(state, maker.place.userId).tradeGroupId
}

function consume(symbol: ModelSymbol, appetite: Appetite, price: number, lots: number): void {
  if (appetite.lots !== null) appetite.lots -= lots
  if (appetite.budget !== null) appetite.budget -= worthOf(symbol, price, lots)
}

function trade(
  walk: Walk,
  symbol: ModelSymbol,
  appetite: Appetite,
  resting: Standing[],
  wanted: number,
): void {
  const best = present(resting[0], 'there is a best order')
  const { maker } = best
  const lots = Math.min(wanted, best.shown)
  consume(symbol, appetite, maker.place.price, lots)
  best.left -= lots
  best.shown -= lots
  let replenished = 0
  if (best.shown === 0) {
    resting.shift()
    if (best.left > 0) {
      replenished = Math.min(maker.place.icebergLots, best.left)
      best.shown = replenished
      const behind = resting.findLastIndex((one) => one.maker.place.price === maker.place.price)
      resting.splice(behind + 1, 0, best)
    }
  }
  walk.steps.push({ kind: 'trade', maker, lots, replenished })
}

function prevent(
  walk: Walk,
  symbol: ModelSymbol,
  appetite: Appetite,
  resting: Standing[],
  wanted: number,
  taker: ModelOrder,
): void {
  const best = present(resting[0], 'there is a best order')
  const { maker } = best
  const asked = taker.place.selfTradePrevention
  const both = asked === 'TRANSFER' && maker.place.selfTradePrevention === 'TRANSFER'
  const mode = asked === 'TRANSFER' && !both ? 'DECREMENT' : asked
  const transfers = both && maker.place.userId !== taker.place.userId
  const decrement = mode === 'DECREMENT' || mode === 'TRANSFER' ? Math.min(wanted, best.left) : 0
  const makerLots = mode === 'EXPIRE_MAKER' || mode === 'EXPIRE_BOTH' ? best.left : decrement
  const expires = mode === 'EXPIRE_TAKER' || mode === 'EXPIRE_BOTH'
  const takerLots = expires ? (appetite.lots ?? wanted) : decrement
  consume(symbol, appetite, maker.place.price, takerLots)
  best.left -= makerLots
  const shown = Math.min(best.shown, best.left)
  const shownLess = best.left === 0 ? 0 : best.shown - shown
  best.shown = shown
  if (best.left === 0) resting.shift()
  walk.steps.push({ kind: 'prevented', maker, mode, makerLots, takerLots, shownLess, transfers })
  const nothingLeft = lotsWanted(symbol, appetite, maker.place.price) === 0
  if (expires || (takerLots > 0 && nothingLeft)) {
    walk.stopped = 'self_trade'
    walk.left = 0
  }
}

type Guard = (price: number) => 'price_range' | 'volatility' | null

/** The limits of what it may trade at, as they are when it begins to take. */
function guardsFor(state: ModelState, symbol: ModelSymbol, side: Side): Guard {
  const { executionBand, volatilityInterruption } = symbol.rules.orderRules
  const reference = executionBand === null ? null : referencePrice(state, symbol)
  const before =
    volatilityInterruption === null
      ? null
      : priceBefore(symbol, state.nowMs, volatilityInterruption.windowMs)
  return (price) => {
    if (executionBand !== null && reference !== null) {
      if (!isInside(executionBand, side, reference, price)) return 'price_range'
    }
    if (volatilityInterruption !== null && before !== null) {
      const distance = BigInt(Math.abs(price - before)) * RATE_SCALE
      if (distance > BigInt(before) * volatilityInterruption.band) return 'volatility'
    }
    return null
  }
}

/** Whether a price is within the multiples of a reference price, bounds included. */
export function isInside(
  band: PriceRange,
  side: Side,
  { over, under }: Fraction,
  price: number,
): boolean {
  const [up, down] = side === 'BUY' ? [band.bidUp, band.bidDown] : [band.askUp, band.askDown]
  const scaled = BigInt(price) * under * RATE_SCALE
  return scaled <= over * up && scaled >= over * down
}

/** The last price before the window that runs now; the end of a pause begins anew. */
function priceBefore(symbol: ModelSymbol, nowMs: number, windowMs: number): number | null {
  const startMs = Math.floor(nowMs / windowMs) * windowMs
  const { resumedMs, trades } = symbol
  const before = Math.max(startMs, resumedMs ?? 0)
  return trades.findLast(({ ms }) => ms < before)?.price ?? null
}
