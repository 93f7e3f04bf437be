import type {
  OrderAmended,
  OrderEnded,
  PreventedSide,
  SelfTradePrevented,
  TradeExecuted,
  TradeSide,
} from '../../core/domain/event.ts'
import type { TimestampMs } from '../../core/domain/ids.ts'
import type { Order } from '../../core/domain/order.ts'
import { notionalOf } from '../../core/domain/venue.ts'
import type { Lots } from '../../core/money/price.ts'
import { expiryReason } from '../../wire/expiry-reason.ts'
import { amountText, lotsText, priceText } from '../../wire/number-text.ts'
import type { ExecutionReport, ExecutionType } from '../../wire/user-stream.ts'
import type { Moment } from './user-payload.ts'
import { assetCode, symbolOf } from './user-payload.ts'

/** An order as it stands now, and since when it tracks the price, if it does and that is known. */
export interface ReportedOrder {
  readonly order: Readonly<Order>
  readonly trailingMs: TimestampMs | null
}

const NOTHING = amountText(0n)
const NO_LIST = -1
const NO_TRADE_GROUP = -1

/** On acceptance, and again each time the order moves on: to where its price is waited for, and into the market. */
export function newReport(moment: Moment, reported: ReportedOrder): ExecutionReport {
  return report(moment, reported, 'NEW', {})
}

/** One side of a trade; the order is as the trade left it. */
export function tradeReport(
  moment: Moment,
  reported: ReportedOrder,
  trade: TradeExecuted,
  side: TradeSide,
): ExecutionReport {
  const symbol = symbolOf(moment.venue, trade.symbol)
  return report(moment, reported, 'TRADE', {
    w: side.status === 'PARTIALLY_FILLED',
    l: lotsText(symbol, trade.lots),
    L: priceText(symbol, trade.price),
    Y: amountText(trade.quote),
    n: amountText(side.fee),
    N: assetCode(moment.venue, side.feeAsset),
    t: trade.tradeId,
    m: side === trade.maker,
  })
}

/** Rule T16. */
export function replacedReport(
  moment: Moment,
  reported: ReportedOrder,
  { originalClientOrderId }: OrderAmended,
): ExecutionReport {
  return report(moment, reported, 'REPLACED', { C: originalClientOrderId })
}

/** What a prevented self-trade took off one of its orders, which is as that left it (rule T6). */
export interface Prevention {
  readonly event: SelfTradePrevented
  readonly side: PreventedSide
  /** What would have been executed. */
  readonly lots: Lots
  /** Nothing is left of the order. */
  readonly ends: boolean
}

export function preventionReport(
  moment: Moment,
  reported: ReportedOrder,
  { event, side, lots, ends }: Prevention,
): ExecutionReport {
  const symbol = symbolOf(moment.venue, event.symbol)
  const counter = side === event.maker ? event.taker : event.maker
  return report(moment, reported, 'TRADE_PREVENTION', {
    ...(ends && { X: 'EXPIRED_IN_MATCH', w: false }),
    v: event.preventedMatchId,
    A: lotsText(symbol, side.preventedLots),
    B: lotsText(symbol, side.lots),
    u: event.tradeGroupId ?? NO_TRADE_GROUP,
    U: counter.orderId,
    Cs: symbol.symbol,
    pl: lotsText(symbol, lots),
    pL: priceText(symbol, event.price),
    pY: amountText(notionalOf(symbol, event.price, lots)),
  })
}

export function endedReport(
  moment: Moment,
  reported: ReportedOrder,
  ended: OrderEnded,
): ExecutionReport {
  const { status, cause, clientOrderId } = ended
  const eR = expiryReason({ ...reported.order, status, cause })
  const execution = status === 'EXPIRED_IN_MATCH' ? 'TRADE_PREVENTION' : status
  return report(moment, reported, execution, {
    C: status === 'CANCELED' ? clientOrderId : '',
    w: false,
    ...(eR !== null && { eR }),
  })
}

function report(
  moment: Moment,
  { order, trailingMs }: ReportedOrder,
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
    P: priceText(symbol, order.stopPrice),
    F: lotsText(symbol, order.icebergLots),
    g: order.listId ?? NO_LIST,
    C: '',
    x: execution,
    X: order.status,
    r: 'NONE',
    i: order.id,
    l: lotsText(symbol, 0 as Lots),
    z: lotsText(symbol, order.executedLots),
    L: NOTHING,
    n: '0',
    N: null,
    T: moment.timestampMs,
    t: -1,
    I: moment.sequence,
    w: order.stage === 'WORKING',
    m: false,
    M: false,
    O: order.createdMs,
    Z: amountText(order.executedQuote),
    Y: NOTHING,
    Q: amountText(order.quoteQuantity),
    ...(order.workingMs !== null && { W: order.workingMs }),
    V: order.selfTradePrevention,
    ...markFields(order, trailingMs),
    ...differences,
  }
}

/** What only those orders have that asked for it. */
function markFields(
  { trailingBips, strategyId, strategyType }: Readonly<Order>,
  trailingMs: TimestampMs | null,
): Partial<ExecutionReport> {
  return {
    ...(trailingBips > 0 && { d: trailingBips }),
    ...(trailingMs !== null && { D: trailingMs }),
    ...(strategyId !== null && { j: strategyId }),
    ...(strategyType !== null && { J: strategyType }),
  }
}
