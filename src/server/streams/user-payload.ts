import { present } from '../../core/assert.ts'
import type {
  BalanceChanged,
  OrderEnded,
  TradeExecuted,
  TradeSide,
} from '../../core/domain/event.ts'
import type { AssetIndex, Sequence, SymbolIndex, TimestampMs } from '../../core/domain/ids.ts'
import type { Order } from '../../core/domain/order.ts'
import type { TradingSymbol, Venue } from '../../core/domain/venue.ts'
import type { Lots } from '../../core/money/price.ts'
import { amountText, lotsText, priceText } from '../../wire/number-text.ts'
import type {
  AccountPosition,
  BalanceUpdate,
  ExecutionReport,
  ExecutionType,
  UserLiabilityChange,
} from '../../wire/user-stream.ts'

/** Where and when in the venue's history an event happened. */
export interface Moment {
  readonly venue: Venue
  readonly sequence: Sequence
  readonly timestampMs: TimestampMs
}

const NOTHING = amountText(0n)

export function acceptedReport(moment: Moment, order: Readonly<Order>): ExecutionReport {
  return report(moment, order, 'NEW', {})
}

/** One side of a trade. `order` is as it was accepted. */
export function tradeReport(
  moment: Moment,
  order: Readonly<Order>,
  trade: TradeExecuted,
  side: TradeSide,
): ExecutionReport {
  const symbol = symbolOf(moment.venue, order.symbol)
  return report(moment, order, 'TRADE', {
    X: side.status,
    w: side.status === 'PARTIALLY_FILLED',
    l: lotsText(symbol, trade.lots),
    L: priceText(symbol, trade.price),
    Y: amountText(trade.quote),
    z: lotsText(symbol, side.executedLots),
    Z: amountText(side.executedQuote),
    n: amountText(side.fee),
    N: assetCode(moment.venue, side.feeAsset),
    t: trade.tradeId,
    m: side === trade.maker,
  })
}

export function endedReport(
  moment: Moment,
  order: Readonly<Order>,
  ended: OrderEnded,
): ExecutionReport {
  const symbol = symbolOf(moment.venue, order.symbol)
  return report(moment, order, executionTypeOf(ended), {
    C: ended.status === 'CANCELED' ? ended.clientOrderId : '',
    X: ended.status,
    w: false,
    z: lotsText(symbol, ended.executedLots),
    Z: amountText(ended.executedQuote),
  })
}

function executionTypeOf(ended: OrderEnded): ExecutionType {
  return ended.status === 'EXPIRED_IN_MATCH' ? 'TRADE_PREVENTION' : ended.status
}

function report(
  moment: Moment,
  order: Readonly<Order>,
  execution: ExecutionType,
  differences: Partial<ExecutionReport>,
): ExecutionReport {
  const symbol = symbolOf(moment.venue, order.symbol)
  return {
    e: 'executionReport',
    E: moment.timestampMs,
    s: symbol.symbol,
    c: order.clientOrderId,
    S: order.side,
    o: order.type,
    f: order.timeInForce,
    q: lotsText(symbol, order.lots),
    p: priceText(symbol, order.price),
    P: NOTHING,
    F: NOTHING,
    g: -1,
    C: '',
    x: execution,
    X: 'NEW',
    r: 'NONE',
    i: order.id,
    l: lotsText(symbol, 0 as Lots),
    z: lotsText(symbol, 0 as Lots),
    L: NOTHING,
    n: '0',
    N: null,
    T: moment.timestampMs,
    t: -1,
    I: moment.sequence,
    w: true,
    m: false,
    M: false,
    O: order.createdMs,
    Z: NOTHING,
    Y: NOTHING,
    Q: amountText(order.quoteQuantity),
    W: order.createdMs,
    V: order.selfTradePrevention,
    ...differences,
  }
}

/** `changes` are of one wallet; of two for one asset the later counts. */
export function accountPosition(
  moment: Moment,
  changes: readonly BalanceChanged[],
): AccountPosition {
  const byAsset = new Map(changes.map((change) => [change.asset, change]))
  return {
    e: 'outboundAccountPosition',
    E: moment.timestampMs,
    u: moment.timestampMs,
    B: [...byAsset.values()].map((change) => ({
      a: assetCode(moment.venue, change.asset),
      f: amountText(change.free),
      l: amountText(change.locked),
    })),
  }
}

export function balanceUpdate(moment: Moment, asset: AssetIndex, delta: bigint): BalanceUpdate {
  return {
    e: 'balanceUpdate',
    E: moment.timestampMs,
    a: assetCode(moment.venue, asset),
    d: amountText(delta),
    T: moment.timestampMs,
  }
}

export function liabilityChange(
  moment: Moment,
  asset: AssetIndex,
  type: UserLiabilityChange['t'],
  principal: bigint,
  interest: bigint,
): UserLiabilityChange {
  return {
    e: 'USER_LIABILITY_CHANGE',
    E: moment.timestampMs,
    a: assetCode(moment.venue, asset),
    t: type,
    p: amountText(principal),
    i: amountText(interest),
  }
}

function symbolOf(venue: Venue, symbol: SymbolIndex): TradingSymbol {
  return present(venue.symbols[symbol], 'an order is in a venue’s symbol')
}

function assetCode(venue: Venue, asset: AssetIndex): string {
  return present(venue.assets[asset], 'a balance is of a venue’s asset').code
}
