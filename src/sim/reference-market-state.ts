import { present } from '../core/assert.ts'
import type { PlaceOrder } from '../core/domain/command.ts'
import type { AssetIndex, OrderId, SymbolIndex, UserId } from '../core/domain/ids.ts'
import type { OrderStage, OrderStatus, OrderType, Side } from '../core/domain/order.ts'
import type { OrderListKind } from '../core/domain/order-list.ts'
import type { SymbolState, TradingSymbol, Venue } from '../core/domain/venue.ts'
import type { IndexPrice } from '../core/money/price.ts'
import { INDEX_PRICE_SCALE } from '../core/money/price.ts'
import { divCeil } from '../core/money/rounding.ts'

/** A price in ticks that need not be whole, as an index seldom is. */
export interface Fraction {
  readonly over: bigint
  readonly under: bigint
}

export interface ModelOrder {
  /** Rises with arrival, as order ids do (rule T24). */
  readonly number: number
  /** What the engine calls it; the model is told, as ids name slots that it does not have. */
  orderId: OrderId | null
  readonly place: PlaceOrder
  readonly createdMs: number
  list: ModelList | null
  name: string
  lots: number
  stage: OrderStage
  status: OrderStatus
  executed: number
  executedQuote: bigint
  prevented: number
  /** What that was worth, for an order by quote quantity. */
  preventedQuote: bigint
  amendments: number
  /** In the book, and what the book shows of it. */
  resting: boolean
  shown: number
  /** The best price since a trailing order began to track; null: not yet (rule T9). */
  extreme: Fraction | null
  /** At which a stop order to buy at market locks (rule T11). */
  lockPrice: Fraction
  /** Its turn has come, and it waits to be worked off (rule T10). */
  queued: boolean
  ended: boolean
}

export interface ModelList {
  readonly id: number
  readonly name: string
  readonly userId: UserId
  readonly symbol: SymbolIndex
  readonly kind: OrderListKind
  readonly orders: ModelOrder[]
  /** The one of a pair that expired because the other went ahead (rule T12). */
  spared: ModelOrder | null
}

export interface ModelSymbol {
  readonly rules: TradingSymbol
  state: SymbolState
  /** When the clock ends the state (rule T19). */
  untilMs: number | null
  /** Each in the order in which it trades. */
  readonly bids: ModelOrder[]
  readonly asks: ModelOrder[]
  /** All of them; the last is the last price. */
  trades: { readonly ms: number; readonly price: number }[]
  /** When a pause ended last, for rule T19 begins anew there. */
  resumedMs: number | null
  tradeCount: number
  preventedCount: number
}

export interface ModelUser {
  readonly userId: UserId
  tradeGroupId: number | null
  /** Of the spot wallet, free and locked together, by asset. */
  readonly total: bigint[]
}

export interface Countdown {
  readonly userId: UserId
  readonly symbol: SymbolIndex | null
  readonly dueMs: number
}

export interface ModelState {
  readonly venue: Venue
  nowMs: number
  readonly users: ModelUser[]
  readonly symbols: ModelSymbol[]
  /** Oldest first. */
  readonly open: ModelOrder[]
  /** Those that are not done. */
  readonly lists: ModelList[]
  /** Of these, those that something happened to. */
  readonly touched: ModelList[]
  /** What has been triggered or whose working order is filled, in the order in which that happened. */
  readonly queue: ModelOrder[][]
  /** Names of orders that traded and ended (rule T25). */
  names: { readonly userId: UserId; readonly name: string; readonly endedMs: number }[]
  countdowns: Countdown[]
  /** By asset. */
  readonly index: { price: IndexPrice | null; setMs: number }[]
  orderCount: number
  listCount: number
  readonly lines: string[]
}

export function createModel(venue: Venue): ModelState {
  return {
    venue,
    nowMs: 0,
    users: [],
    symbols: venue.symbols.map((rules) => ({
      rules,
      state: 'TRADING',
      untilMs: null,
      bids: [],
      asks: [],
      trades: [],
      resumedMs: null,
      tradeCount: 0,
      preventedCount: 0,
    })),
    open: [],
    lists: [],
    touched: [],
    queue: [],
    names: [],
    countdowns: [],
    index: venue.assets.map(() => ({ price: null, setMs: 0 })),
    orderCount: 0,
    listCount: 0,
    lines: [],
  }
}

export function symbolOf(state: ModelState, symbol: SymbolIndex): ModelSymbol {
  return present(state.symbols[symbol], 'a symbol is known')
}

export function userOf(state: ModelState, userId: UserId): ModelUser {
  return present(state.users[userId - 1], 'a user is known')
}

export function sideOf(symbol: ModelSymbol, side: Side): ModelOrder[] {
  return side === 'BUY' ? symbol.bids : symbol.asks
}

export function remainingOf({ lots, executed, prevented }: ModelOrder): number {
  return Math.max(0, lots - executed - prevented)
}

/** `user/client order id`: the name of an open order that does not depend on ids. */
export function whoIs({ place, name }: ModelOrder): string {
  return `${place.userId}/${name}`
}

export function worthOf({ rules }: ModelSymbol, price: number, lots: number): bigint {
  return BigInt(price) * BigInt(lots) * rules.quotePerTickLot
}

export function isStop(type: OrderType): boolean {
  return type.startsWith('STOP_LOSS') || type.startsWith('TAKE_PROFIT')
}

/** Whether it has no limit once it trades. */
export function hasNoLimit(type: OrderType): boolean {
  return type === 'MARKET' || type === 'STOP_LOSS' || type === 'TAKE_PROFIT'
}

export function lastPrice(symbol: ModelSymbol): number | null {
  return symbol.trades.at(-1)?.price ?? null
}

/** The pair's index in ticks; null while that of an asset is missing or too old. */
export function indexOf(state: ModelState, { rules }: ModelSymbol): Fraction | null {
  const base = assetIndex(state, rules.base)
  const quote = assetIndex(state, rules.quote)
  if (base === null || quote === null) return null
  return { over: base * INDEX_PRICE_SCALE, under: quote * rules.tickSize }
}

function assetIndex(state: ModelState, asset: AssetIndex): bigint | null {
  if (asset === state.venue.usdt) return INDEX_PRICE_SCALE
  const { price, setMs } = present(state.index[asset], 'an asset is known')
  const tooOld = state.nowMs - setMs > state.venue.policy.indexPriceAgeMaxMs
  return price === null || tooOld ? null : price
}

/** The reference price: the pair's index down to 10⁻⁸ of the quote, or the last trade while an index is missing. */
export function referencePrice(state: ModelState, symbol: ModelSymbol): Fraction | null {
  const index = indexOf(state, symbol)
  if (index === null) return whole(lastPrice(symbol))
  const { tickSize } = symbol.rules
  return { over: (index.over * tickSize) / index.under, under: tickSize }
}

/** The price that makes stops trigger (rule T8). */
export function triggerPrice(state: ModelState, symbol: ModelSymbol): Fraction | null {
  return state.venue.policy.trading.stopTrigger === 'INDEX'
    ? indexOf(state, symbol)
    : whole(lastPrice(symbol))
}

export function whole(price: number | null): Fraction | null {
  return price === null ? null : { over: BigInt(price), under: 1n }
}

/** Below zero: a is the lower price. */
export function comparePrices(a: Fraction, b: Fraction): number {
  const left = a.over * b.under
  const right = b.over * a.under
  return left < right ? -1 : left > right ? 1 : 0
}

/** What an account has locked of an asset: for each order what its remainder needs, for an OCO the dearer (V3, T12). */
export function lockedOf(state: ModelState, userId: UserId, asset: AssetIndex): bigint {
  let sum = 0n
  const pairs = new Map<ModelList, bigint>()
  for (const order of state.open) {
    if (order.place.userId !== userId || lockedAsset(state, order) !== asset) continue
    const need = lockFor(state, order)
    if (order.list === null || order.list.kind === 'OTO' || isWorkingOrder(order)) {
      sum += need
    } else {
      const dearer = pairs.get(order.list) ?? 0n
      pairs.set(order.list, need > dearer ? need : dearer)
    }
  }
  for (const need of pairs.values()) sum += need
  return sum
}

export function freeOf(state: ModelState, userId: UserId, asset: AssetIndex): bigint {
  const total = present(userOf(state, userId).total[asset], 'an asset is known')
  return total - lockedOf(state, userId, asset)
}

export function lockedAsset(state: ModelState, { place }: ModelOrder): AssetIndex {
  const { rules } = symbolOf(state, place.symbol)
  return place.side === 'BUY' ? rules.quote : rules.base
}

/** What an order locks as it stands: nothing while it is pending (rule T13). */
export function lockFor(state: ModelState, order: ModelOrder): bigint {
  const { place } = order
  if (order.stage === 'PENDING' || place.orderType === 'MARKET') return 0n
  const symbol = symbolOf(state, place.symbol)
  if (place.side === 'SELL') return BigInt(remainingOf(order)) * symbol.rules.stepSize
  return hasNoLimit(place.orderType)
    ? costOf(symbol, order.lockPrice, remainingOf(order))
    : worthOf(symbol, place.price, remainingOf(order))
}

/** Whether it is the one that others of its list wait for (rule T13). */
export function isWorkingOrder(order: ModelOrder): boolean {
  return order.list !== null && order.list.kind !== 'OCO' && order.list.orders[0] === order
}

/** The other order of an OCO, also where the OCO is the pending part of an OTOCO (rules T12, T13). */
export function partnerOf(order: ModelOrder): ModelOrder | null {
  const { list } = order
  if (list === null || list.kind === 'OTO' || isWorkingOrder(order)) return null
  return list.orders.find((other) => other !== order && !isWorkingOrder(other)) ?? null
}

/** The price at which a stop order to buy at market locks, as things are now (rule T11). */
export function marketLockPrice(state: ModelState, place: PlaceOrder): Fraction {
  const symbol = symbolOf(state, place.symbol)
  const price = whole(place.stopPrice > 0 ? place.stopPrice : lastPrice(symbol))
  return price ?? referencePrice(state, symbol) ?? { over: 0n, under: 1n }
}

/** What lots cost at a price, rounded up. */
export function costOf({ rules }: ModelSymbol, { over, under }: Fraction, lots: number): bigint {
  return divCeil(over * BigInt(lots) * rules.quotePerTickLot, under)
}
