import type { PlaceOrder } from '../core/domain/command.ts'
import {
  isAtMarket,
  ORDER_TYPES,
  type OrderType,
  TIMES_IN_FORCE,
  type TimeInForce,
  waitsForPrice,
} from '../core/domain/order.ts'
import type { TradingSymbol } from '../core/domain/venue.ts'
import { type Amount, ZERO } from '../core/money/amount.ts'
import { type Lots, TICKS_LIMIT, type Ticks } from '../core/money/price.ts'
import type { Parameters } from './parameters.ts'
import { requestError } from './request-error.ts'

/** From here on a strategy type is the client's own. */
const STRATEGY_TYPE_MIN = 1_000_000

/**
 * What the parameters of one order are called. Null: this form of order has no such parameter, and another
 * order of the same request may use the name.
 */
export interface TermNames {
  readonly quantity: string
  readonly quoteQuantity: string | null
  readonly price: string | null
  readonly stopPrice: string | null
  readonly trailingDelta: string | null
  readonly timeInForce: string | null
  readonly icebergQuantity: string | null
  readonly clientOrderId: string
  readonly strategyId: string
  readonly strategyType: string
}

/** What an order says of itself, its side and its account apart. */
export type OrderTerms = Pick<
  PlaceOrder,
  | 'orderType'
  | 'timeInForce'
  | 'price'
  | 'lots'
  | 'quoteQuantity'
  | 'stopPrice'
  | 'trailingBips'
  | 'icebergLots'
  | 'strategyId'
  | 'strategyType'
> & { readonly clientOrderId: string | undefined }

/** What stands before the names of a leg: `above` makes `abovePrice`, and nothing makes `price`. */
export function prefixed(prefix: string, field: string): string {
  return prefix === '' ? field : prefix + field.charAt(0).toUpperCase() + field.slice(1)
}

/** The names of a leg of a list, which has its quantity under a name of its own or of the list. */
export function legNames(prefix: string, quantity: string): TermNames {
  return {
    quantity,
    quoteQuantity: null,
    price: prefixed(prefix, 'price'),
    stopPrice: prefixed(prefix, 'stopPrice'),
    trailingDelta: prefixed(prefix, 'trailingDelta'),
    timeInForce: prefixed(prefix, 'timeInForce'),
    icebergQuantity: prefixed(prefix, 'icebergQty'),
    clientOrderId: prefixed(prefix, 'clientOrderId'),
    strategyId: prefixed(prefix, 'strategyId'),
    strategyType: prefixed(prefix, 'strategyType'),
  }
}

export function readSide(parameters: Parameters, name: string): 'BUY' | 'SELL' {
  const side = parameters.requiredText(name)
  if (side !== 'BUY' && side !== 'SELL') throw requestError('side')
  return side
}

export function readOrderType(parameters: Parameters, name: string): OrderType {
  const text = parameters.requiredText(name)
  const type = ORDER_TYPES.find((candidate) => candidate === text)
  if (type === undefined) throw requestError('order_type')
  return type
}

/** The parameters that an order of this type has to have and may have. -1102, -1106, -1115, -1128, -1134, -1160, -1013. */
export function readTerms(
  parameters: Parameters,
  symbol: TradingSymbol,
  type: OrderType,
  names: TermNames,
): OrderTerms {
  forbidOthers(parameters, type, names)
  const timeInForce = takesTimeInForce(type) ? readTimeInForce(parameters, names) : 'GTC'
  const quantity = readQuantity(parameters, symbol, type, names)
  const price =
    isAtMarket(type) || names.price === null
      ? (0 as Ticks)
      : ticksOf(symbol, parameters.requiredAmount(names.price))
  return {
    orderType: type,
    timeInForce,
    price,
    ...quantity,
    ...readTrigger(parameters, symbol, type, names),
    icebergLots: readIceberg(parameters, symbol, timeInForce, names),
    clientOrderId: parameters.clientId(names.clientOrderId),
    strategyId: parameters.whole(names.strategyId) ?? null,
    strategyType: readStrategyType(parameters, names.strategyType),
  }
}

function takesTimeInForce(type: OrderType): boolean {
  return !isAtMarket(type) && type !== 'LIMIT_MAKER'
}

function forbidOthers(parameters: Parameters, type: OrderType, names: TermNames): void {
  const foreign: (string | null)[] = []
  if (type !== 'MARKET') foreign.push(names.quoteQuantity)
  if (isAtMarket(type)) foreign.push(names.price)
  if (!takesTimeInForce(type)) foreign.push(names.timeInForce)
  if (!waitsForPrice(type)) foreign.push(names.stopPrice, names.trailingDelta)
  if (isAtMarket(type)) foreign.push(names.icebergQuantity)
  parameters.forbid(...foreign.filter((name) => name !== null))
}

function readTimeInForce(parameters: Parameters, { timeInForce }: TermNames): TimeInForce {
  if (timeInForce === null) return 'GTC'
  const text = parameters.requiredText(timeInForce)
  const found = TIMES_IN_FORCE.find((candidate) => candidate === text)
  if (found === undefined) throw requestError('time_in_force')
  return found
}

function readQuantity(
  parameters: Parameters,
  symbol: TradingSymbol,
  type: OrderType,
  names: TermNames,
): Pick<PlaceOrder, 'lots' | 'quoteQuantity'> {
  if (type !== 'MARKET' || names.quoteQuantity === null) {
    const lots = lotsOf(symbol, parameters.requiredAmount(names.quantity))
    return { lots, quoteQuantity: ZERO }
  }
  const quantity = parameters.amount(names.quantity)
  const quoteQuantity = parameters.amount(names.quoteQuantity)
  if (quantity !== undefined && quoteQuantity !== undefined) throw requestError('combination')
  if (quantity !== undefined) return { lots: lotsOf(symbol, quantity), quoteQuantity: ZERO }
  if (quoteQuantity === undefined) {
    throw requestError('missing_either', { first: names.quantity, second: names.quoteQuantity })
  }
  if (quoteQuantity === 0n) throw requestError('notional')
  return { lots: 0 as Lots, quoteQuantity }
}

/** What an order waits for: a stop price, a trailing delta, or the second from the first on. */
function readTrigger(
  parameters: Parameters,
  symbol: TradingSymbol,
  type: OrderType,
  { stopPrice, trailingDelta }: TermNames,
): Pick<PlaceOrder, 'stopPrice' | 'trailingBips'> {
  if (!waitsForPrice(type) || stopPrice === null || trailingDelta === null) {
    return { stopPrice: 0 as Ticks, trailingBips: 0 }
  }
  const stop = parameters.amount(stopPrice)
  const delta = parameters.whole(trailingDelta)
  if (stop === undefined && delta === undefined) {
    throw requestError('missing_either', { first: stopPrice, second: trailingDelta })
  }
  // The engine applies the filter itself; a delta of 0 would mean to it that the order does not trail.
  if (delta === 0) throw requestError('trailing_delta')
  return {
    stopPrice: stop === undefined ? (0 as Ticks) : ticksOf(symbol, stop),
    trailingBips: delta ?? 0,
  }
}

/** 0 is no iceberg, as clients send it that fill in every field. */
function readIceberg(
  parameters: Parameters,
  symbol: TradingSymbol,
  timeInForce: TimeInForce,
  { icebergQuantity, timeInForce: timeInForceName, quoteQuantity }: TermNames,
): Lots {
  const shown = icebergQuantity === null ? undefined : parameters.amount(icebergQuantity)
  if (icebergQuantity === null || shown === undefined || shown === 0n) return 0 as Lots
  if (timeInForce !== 'GTC') {
    // A single order may be by quote quantity, a leg never: Binance has a code for either.
    throw quoteQuantity === null && timeInForceName !== null
      ? requestError('iceberg_leg', { name: icebergQuantity, timeInForce: timeInForceName })
      : requestError('order_composition')
  }
  return lotsOf(symbol, shown)
}

function readStrategyType(parameters: Parameters, name: string): number | null {
  const type = parameters.whole(name)
  if (type === undefined) return null
  if (type < STRATEGY_TYPE_MIN) throw requestError('strategy_type', { name })
  return type
}

/** A price in ticks; off the tick, zero or past what a book can hold is PRICE_FILTER. The engine applies the symbol's own range. */
export function ticksOf(symbol: TradingSymbol, price: Amount): Ticks {
  const ticks = price / symbol.tickSize
  const exact = ticks * symbol.tickSize === price
  if (!exact || ticks <= 0n || ticks >= BigInt(TICKS_LIMIT)) throw requestError('price_filter')
  return Number(ticks) as Ticks
}

/** A quantity in lots; off the step, zero or past a safe integer is LOT_SIZE. The engine applies the symbol's own range. */
export function lotsOf(symbol: TradingSymbol, quantity: Amount): Lots {
  const lots = quantity / symbol.stepSize
  const exact = lots * symbol.stepSize === quantity
  if (!exact || lots <= 0n || lots > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw requestError('lot_size')
  }
  return Number(lots) as Lots
}
