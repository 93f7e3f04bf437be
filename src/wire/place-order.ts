import type { PlaceOrder, TradingWallet } from '../core/domain/command.ts'
import type { UserId } from '../core/domain/ids.ts'
import {
  type OrderType,
  SELF_TRADE_PREVENTIONS,
  SIDE_EFFECTS,
  type SideEffect,
  TIMES_IN_FORCE,
  type TimeInForce,
} from '../core/domain/order.ts'
import type { TradingSymbol, Venue } from '../core/domain/venue.ts'
import { type Amount, ZERO } from '../core/money/amount.ts'
import { type Lots, TICKS_LIMIT, type Ticks } from '../core/money/price.ts'
import type { Parameters } from './parameters.ts'
import { type RequestErrorName, requestError } from './request-error.ts'

export const RESPONSE_TYPES = ['ACK', 'RESULT', 'FULL'] as const
export type ResponseType = (typeof RESPONSE_TYPES)[number]

export const DEFAULT_SELF_TRADE_PREVENTION = 'EXPIRE_MAKER'

/** Order types of Binance's that this version does not trade, and how Binance refuses them on a symbol without. */
const UNTRADED_TYPES: Readonly<Record<string, RequestErrorName>> = {
  STOP_LOSS: 'stop_orders',
  STOP_LOSS_LIMIT: 'stop_orders',
  TAKE_PROFIT: 'take_profit_orders',
  TAKE_PROFIT_LIMIT: 'take_profit_orders',
}

const UNTRADED_OPTIONS: readonly (readonly [string, RequestErrorName])[] = [
  ['icebergQty', 'iceberg_orders'],
  ['pegPriceType', 'pegged_orders'],
  ['pegOffsetType', 'pegged_orders'],
  ['pegOffsetValue', 'pegged_orders'],
]

export interface OrderRequest {
  readonly place: PlaceOrder
  readonly responseType: ResponseType
  readonly symbol: TradingSymbol
}

export interface OrderContext {
  readonly venue: Venue
  readonly userId: UserId
  readonly wallet: TradingWallet
  /** Names an order whose client did not. */
  readonly newClientOrderId: () => string
}

/** The symbol a request names; any case. -1102, -1121. */
export function readSymbol(parameters: Parameters, venue: Venue): TradingSymbol {
  return symbolNamed(parameters.requiredText('symbol'), venue)
}

export function symbolNamed(name: string, venue: Venue): TradingSymbol {
  const symbol = venue.symbolByName.get(name) ?? venue.symbolByName.get(name.toUpperCase())
  if (symbol === undefined) throw requestError('symbol')
  return symbol
}

/** -11001 when the request asks for isolated margin, which this version does not offer. */
export function refuseIsolated(parameters: Parameters): void {
  const isolated = parameters.flag('isIsolated', false)
  if (isolated || parameters.has('isolatedSymbol')) throw requestError('isolated')
}

/** The parameters of a new order as the engine's command. Changes nothing; every fault is thrown as its `WireError`. */
export function parsePlaceOrder(parameters: Parameters, context: OrderContext): OrderRequest {
  if (context.wallet === 'CROSS_MARGIN') refuseIsolated(parameters)
  const symbol = readSymbol(parameters, context.venue)
  const side = readSide(parameters)
  const type = readType(parameters)
  for (const [name, error] of UNTRADED_OPTIONS) {
    if (parameters.has(name)) throw requestError(error)
  }
  parameters.forbid('stopPrice', 'trailingDelta')
  const place: PlaceOrder = {
    type: 'PlaceOrder',
    userId: context.userId,
    wallet: context.wallet,
    symbol: symbol.index,
    side,
    orderType: type,
    ...readTerms(parameters, symbol, type),
    clientOrderId: parameters.clientId('newClientOrderId') ?? context.newClientOrderId(),
    sideEffect: readSideEffect(parameters, context.wallet),
    autoRepayAtCancel: parameters.flag('autoRepayAtCancel', true),
    selfTradePrevention:
      parameters.oneOf('selfTradePreventionMode', SELF_TRADE_PREVENTIONS) ??
      DEFAULT_SELF_TRADE_PREVENTION,
  }
  return { place, symbol, responseType: readResponseType(parameters, type) }
}

function readSide(parameters: Parameters): 'BUY' | 'SELL' {
  const side = parameters.requiredText('side')
  if (side !== 'BUY' && side !== 'SELL') throw requestError('side')
  return side
}

function readType(parameters: Parameters): OrderType {
  const type = parameters.requiredText('type')
  if (type === 'LIMIT' || type === 'MARKET' || type === 'LIMIT_MAKER') return type
  throw requestError(
    Object.hasOwn(UNTRADED_TYPES, type) ? (UNTRADED_TYPES[type] ?? 'order_type') : 'order_type',
  )
}

type Terms = Pick<PlaceOrder, 'timeInForce' | 'price' | 'lots' | 'quoteQuantity'>

function readTerms(parameters: Parameters, symbol: TradingSymbol, type: OrderType): Terms {
  if (type === 'MARKET') return readMarketTerms(parameters, symbol)
  parameters.forbid('quoteOrderQty')
  if (type === 'LIMIT_MAKER') parameters.forbid('timeInForce')
  const timeInForce = type === 'LIMIT' ? readTimeInForce(parameters) : 'GTC'
  const quantity = parameters.requiredAmount('quantity')
  const price = parameters.requiredAmount('price')
  return {
    timeInForce,
    price: ticksOf(symbol, price),
    lots: lotsOf(symbol, quantity),
    quoteQuantity: ZERO,
  }
}

function readMarketTerms(parameters: Parameters, symbol: TradingSymbol): Terms {
  parameters.forbid('price', 'timeInForce')
  const quantity = parameters.amount('quantity')
  const quoteQuantity = parameters.amount('quoteOrderQty')
  if (quantity !== undefined && quoteQuantity !== undefined) throw requestError('combination')
  const terms = { timeInForce: 'GTC', price: 0 as Ticks } as const
  if (quantity !== undefined) {
    return { ...terms, lots: lotsOf(symbol, quantity), quoteQuantity: ZERO }
  }
  if (quoteQuantity === undefined) {
    throw requestError('missing_either', { first: 'quantity', second: 'quoteOrderQty' })
  }
  if (quoteQuantity === 0n) throw requestError('notional')
  return { ...terms, lots: 0 as Lots, quoteQuantity }
}

function readTimeInForce(parameters: Parameters): TimeInForce {
  const text = parameters.requiredText('timeInForce')
  const timeInForce = TIMES_IN_FORCE.find((candidate) => candidate === text)
  if (timeInForce === undefined) throw requestError('time_in_force')
  return timeInForce
}

function readSideEffect(parameters: Parameters, wallet: TradingWallet): SideEffect {
  if (wallet === 'SPOT') return 'NO_SIDE_EFFECT'
  return parameters.oneOf('sideEffectType', SIDE_EFFECTS) ?? 'NO_SIDE_EFFECT'
}

/** MARKET and LIMIT answer in full unless asked otherwise, the rest with an acknowledgement, as Binance's do. */
function readResponseType(parameters: Parameters, type: OrderType): ResponseType {
  const text = parameters.text('newOrderRespType')
  if (text === undefined) return type === 'LIMIT_MAKER' ? 'ACK' : 'FULL'
  const found = RESPONSE_TYPES.find((candidate) => candidate === text)
  if (found === undefined) throw requestError('response_type')
  return found
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
