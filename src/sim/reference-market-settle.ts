import { present } from '../core/assert.ts'
import type { AssetIndex } from '../core/domain/ids.ts'
import { RATE_SCALE } from '../core/money/rate.ts'
import { divCeil } from '../core/money/rounding.ts'
import type { TradeSideFacts } from './reference-market-lines.ts'
import { preventedLine, tradeLine } from './reference-market-lines.ts'
import { endOrder, fill, rest, touch } from './reference-market-orders.ts'
import type { ModelOrder, ModelState, ModelSymbol } from './reference-market-state.ts'
import { remainingOf, sideOf, userOf, whoIs, worthOf } from './reference-market-state.ts'
import type { PreventedStep, TradeStep } from './reference-market-walk.ts'

/** A trade at the price of the resting order (rule T2). */
export function settleTrade(
  state: ModelState,
  symbol: ModelSymbol,
  taker: ModelOrder,
  step: TradeStep,
): void {
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

/** A self-trade that does not happen (rule T6). */
export function settlePrevented(
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
  if (makerLots > 0) touch(state, maker)
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
