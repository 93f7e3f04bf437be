import { present } from '../core/assert.ts'
import type { OrderEndCause } from '../core/domain/event.ts'
import type { AssetIndex } from '../core/domain/ids.ts'
import { RATE_SCALE } from '../core/money/rate.ts'
import { divCeil } from '../core/money/rounding.ts'
import type { TradeSideFacts } from './reference-market-lines.ts'
import {
  endLine,
  entryLine,
  preventedLine,
  stateLine,
  termsText,
  tradeLine,
} from './reference-market-lines.ts'
import type { ModelList, ModelOrder, ModelState, ModelSymbol } from './reference-market-state.ts'
import {
  hasNoLimit,
  marketLockPrice,
  remainingOf,
  sideOf,
  symbolOf,
  userOf,
  whoIs,
  worthOf,
} from './reference-market-state.ts'
import type { PreventedStep, TradeStep, Walk } from './reference-market-walk.ts'
import { walkBook } from './reference-market-walk.ts'

type EndStatus = 'CANCELED' | 'EXPIRED' | 'EXPIRED_IN_MATCH'

/** An order on its way into the market: what it will do there, decided and told before any of it happens. */
export interface Entry {
  readonly order: ModelOrder
  readonly walk: Walk
  readonly resting: number
}

/** An order enters the market as the limit or market order it stands for (rules T1 to T7, T11). */
export function announce(
  state: ModelState,
  order: ModelOrder,
  said: 'accepted' | 'activated',
): Entry {
  order.stage = 'WORKING'
  const walk = walkBook(state, order)
  const resting = lotsToRest(order, walk)
  tellEntry(state, order, said, resting)
  return { order, walk, resting }
}

export function tellEntry(
  state: ModelState,
  order: ModelOrder,
  said: 'accepted' | 'activated',
  resting: number,
): void {
  const { stage, status, lots, executed, place, list } = order
  const terms = termsText(place.orderType, list?.id ?? null, place)
  const facts = { who: whoIs(order), stage, status, lots, executed, resting, terms }
  state.lines.push(entryLine(said, facts))
}

/** What will show in the book of what is left once it has traded. */
function lotsToRest({ place }: ModelOrder, { stopped, left }: Walk): number {
  const rests = stopped === null && place.timeInForce === 'GTC' && !hasNoLimit(place.orderType)
  if (!rests) return 0
  return place.icebergLots > 0 ? Math.min(place.icebergLots, left) : left
}

/** Does what was announced, and gives the prices that it traded at, in order. */
export function carryOut(state: ModelState, { order: taker, walk, resting }: Entry): number[] {
  const symbol = symbolOf(state, taker.place.symbol)
  for (const step of walk.steps) {
    if (step.kind === 'trade') settle(state, symbol, taker, step)
    else settlePrevented(state, symbol, taker, step)
  }
  if (walk.stopped === 'self_trade') {
    endOrder(state, taker, 'EXPIRED_IN_MATCH', 'self_trade')
  } else if (resting > 0) {
    rest(symbol, taker, resting)
  } else if (walk.left === 0 && taker.executed > 0) {
    fill(state, taker)
  } else {
    endOrder(state, taker, 'EXPIRED', walk.stopped ?? 'unfilled')
  }
  touch(state, taker)
  if (walk.stopped === 'volatility') interrupt(state, symbol)
  return walk.steps.flatMap((step) => (step.kind === 'trade' ? [step.maker.place.price] : []))
}

function settle(state: ModelState, symbol: ModelSymbol, taker: ModelOrder, step: TradeStep): void {
  const { maker, lots, replenished } = step
  const price = maker.place.price
  const quote = worthOf(symbol, price, lots)
  symbol.tradeCount += 1
  symbol.trades.push({ ms: state.nowMs, price })
  for (const order of [maker, taker]) {
    order.executed += lots
    order.executedQuote += quote
    order.status = 'PARTIALLY_FILLED'
  }
  maker.shown -= lots
  const book = sideOf(symbol, maker.place.side)
  if (maker.shown === 0) book.splice(book.indexOf(maker), 1)
  if (replenished > 0) rest(symbol, maker, replenished)
  if (remainingOf(maker) === 0) maker.status = 'FILLED'
  if (isFilled(symbol, taker)) taker.status = 'FILLED'
  state.lines.push(
    tradeLine({
      symbol: symbol.rules.index,
      tradeId: symbol.tradeCount,
      price,
      lots,
      quote,
      replenished,
      maker: pay(state, symbol, maker, 'maker', lots, quote),
      taker: pay(state, symbol, taker, 'taker', lots, quote),
    }),
  )
  touch(state, maker)
  if (maker.status === 'FILLED') fill(state, maker)
}

/** Something happened to its list, which is seen to afterwards. */
function touch(state: ModelState, { list }: ModelOrder): void {
  if (list !== null && !state.touched.includes(list)) state.touched.push(list)
}

/** Whether nothing is left to it: an order by quote quantity is full when no further lot fits at its last price. */
function isFilled(symbol: ModelSymbol, order: ModelOrder): boolean {
  const { quoteQuantity } = order.place
  if (quoteQuantity === 0n) return remainingOf(order) === 0
  const price = present(symbol.trades.at(-1), 'it has traded').price
  return quoteQuantity - order.executedQuote - order.preventedQuote < worthOf(symbol, price, 1)
}

/** Moves one side's money and takes the fee from what it receives, rounded up (rules T27, R1). */
function pay(
  state: ModelState,
  symbol: ModelSymbol,
  order: ModelOrder,
  part: 'maker' | 'taker',
  lots: number,
  quote: bigint,
): TradeSideFacts {
  const { rules } = symbol
  const buys = order.place.side === 'BUY'
  const base = BigInt(lots) * rules.stepSize
  const tier = present(state.venue.policy.trading.feeTiers[0], 'there is a first tier')
  const standard = rules.fees.standard ?? { ...tier, buyer: 0n, seller: 0n }
  const rate = [standard, rules.fees.tax, rules.fees.special].reduce(
    (sum, rates) => sum + rates[part] + (buys ? rates.buyer : rates.seller),
    0n,
  )
  const received = buys ? base : quote
  const feeAsset = buys ? rules.base : rules.quote
  const fee = divCeil(received * rate, RATE_SCALE)
  move(state, order, feeAsset, received - fee)
  move(state, order, buys ? rules.quote : rules.base, buys ? -quote : -base)
  const { status, executed, executedQuote } = order
  return { who: whoIs(order), status, executedLots: executed, executedQuote, fee, feeAsset }
}

function move(state: ModelState, { place }: ModelOrder, asset: AssetIndex, amount: bigint): void {
  const { total } = userOf(state, place.userId)
  total[asset] = present(total[asset], 'an asset is known') + amount
}

function settlePrevented(
  state: ModelState,
  symbol: ModelSymbol,
  taker: ModelOrder,
  step: PreventedStep,
): void {
  const { maker, mode, makerLots, takerLots, shownLess, transfers } = step
  const price = maker.place.price
  maker.prevented += makerLots
  taker.prevented += takerLots
  taker.preventedQuote += worthOf(symbol, price, takerLots)
  maker.shown -= shownLess
  symbol.preventedCount += 1
  const base = BigInt(makerLots) * symbol.rules.stepSize
  const quote = worthOf(symbol, price, makerLots)
  if (transfers) {
    const [buyer, seller] = maker.place.side === 'BUY' ? [maker, taker] : [taker, maker]
    move(state, buyer, symbol.rules.base, base)
    move(state, seller, symbol.rules.base, -base)
    move(state, buyer, symbol.rules.quote, -quote)
    move(state, seller, symbol.rules.quote, quote)
  }
  state.lines.push(
    preventedLine({
      symbol: symbol.rules.index,
      id: symbol.preventedCount,
      mode,
      price,
      maker: { who: whoIs(maker), lots: makerLots, total: maker.prevented },
      taker: { who: whoIs(taker), lots: takerLots, total: taker.prevented },
      shownLess,
      tradeGroupId: userOf(state, taker.place.userId).tradeGroupId,
      transferred: transfers ? { base, quote } : null,
    }),
  )
  if (remainingOf(maker) === 0) endOrder(state, maker, 'EXPIRED_IN_MATCH', 'self_trade')
}

/** Behind all others at its price (rules T1, T7). */
function rest(symbol: ModelSymbol, order: ModelOrder, shown: number): void {
  const { side, price } = order.place
  const book = sideOf(symbol, side)
  const before = book.filter((other) =>
    side === 'BUY' ? other.place.price >= price : other.place.price <= price,
  )
  book.splice(before.length, 0, order)
  order.resting = true
  order.shown = shown
}

function fill(state: ModelState, order: ModelOrder): void {
  order.status = 'FILLED'
  order.resting = false
  leave(state, order)
}

function leave(state: ModelState, order: ModelOrder): void {
  order.ended = true
  touch(state, order)
  state.open.splice(state.open.indexOf(order), 1)
  if (order.executed > 0) {
    const { userId } = order.place
    state.names.push({ userId, name: order.name, endedMs: state.nowMs })
  }
}

/** The rest of an order is gone. */
export function endOrder(
  state: ModelState,
  order: ModelOrder,
  status: EndStatus,
  cause: OrderEndCause,
): void {
  if (order.ended) return
  const { resting, shown } = order
  const symbol = symbolOf(state, order.place.symbol)
  const book = sideOf(symbol, order.place.side)
  if (resting) book.splice(book.indexOf(order), 1)
  order.resting = false
  order.status = status
  leave(state, order)
  unqueue(state, order)
  state.lines.push(
    endLine({
      who: whoIs(order),
      status,
      cause,
      remaining: remainingOf(order),
      prevented: order.prevented,
      executed: order.executed,
      executedQuote: order.executedQuote,
      wasResting: resting,
      shown: resting ? shown : 0,
    }),
  )
}

function unqueue(state: ModelState, order: ModelOrder): void {
  for (const entry of state.queue) {
    if (entry.includes(order)) entry.splice(entry.indexOf(order), 1)
  }
  const kept = state.queue.filter((entry) => entry.length > 0)
  state.queue.splice(0, state.queue.length, ...kept)
}

/** Rule T19: the symbol takes only resting orders for a while. */
function interrupt(state: ModelState, symbol: ModelSymbol): void {
  const { volatilityInterruption } = symbol.rules.orderRules
  const { pauseMs } = present(volatilityInterruption, 'the symbol interrupts')
  symbol.state = 'POST_ONLY'
  symbol.untilMs = state.nowMs + pauseMs
  state.lines.push(stateLine(symbol.rules.index, symbol.state, symbol.untilMs))
}

export function newOrder(
  state: ModelState,
  place: ModelOrder['place'],
  list: ModelList | null,
): ModelOrder {
  state.orderCount += 1
  const order: ModelOrder = {
    number: state.orderCount,
    orderId: null,
    place,
    createdMs: state.nowMs,
    list,
    name: place.clientOrderId,
    lots: place.lots,
    stage: 'WORKING',
    status: 'NEW',
    executed: 0,
    executedQuote: 0n,
    prevented: 0,
    preventedQuote: 0n,
    amendments: 0,
    resting: false,
    shown: 0,
    extreme: null,
    lockPrice: marketLockPrice(state, place),
    queued: false,
    ended: false,
  }
  state.open.push(order)
  return order
}
