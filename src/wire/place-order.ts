import type { PlaceOrder, TradingWallet } from '../core/domain/command.ts'
import type { UserId } from '../core/domain/ids.ts'
import {
  SELF_TRADE_PREVENTIONS,
  type SelfTradePrevention,
  SIDE_EFFECTS,
  type SideEffect,
} from '../core/domain/order.ts'
import type { TradingSymbol, Venue } from '../core/domain/venue.ts'
import { readOrderType, readSide, readTerms, type TermNames } from './order-terms.ts'
import type { Parameters } from './parameters.ts'
import { requestError } from './request-error.ts'

export const RESPONSE_TYPES = ['ACK', 'RESULT', 'FULL'] as const
export type ResponseType = (typeof RESPONSE_TYPES)[number]

const NAMES: TermNames = {
  quantity: 'quantity',
  quoteQuantity: 'quoteOrderQty',
  price: 'price',
  stopPrice: 'stopPrice',
  trailingDelta: 'trailingDelta',
  timeInForce: 'timeInForce',
  icebergQuantity: 'icebergQty',
  clientOrderId: 'newClientOrderId',
  strategyId: 'strategyId',
  strategyType: 'strategyType',
}

/** Of an order whose price follows the book, which this version does not trade. */
export const PEG_FIELDS = ['pegPriceType', 'pegOffsetType', 'pegOffsetValue'] as const

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

/** The parameters of a new order as the engine's command. Changes nothing; every fault is thrown as its `WireError`. */
export function parsePlaceOrder(parameters: Parameters, context: OrderContext): OrderRequest {
  const symbol = readSymbol(parameters, context.venue)
  const side = readSide(parameters, 'side')
  const type = readOrderType(parameters, 'type')
  refusePegged(parameters, PEG_FIELDS)
  const { clientOrderId, ...terms } = readTerms(parameters, symbol, type, NAMES)
  const place: PlaceOrder = {
    type: 'PlaceOrder',
    ...readAccount(parameters, symbol, context),
    side,
    ...terms,
    clientOrderId: clientOrderId ?? context.newClientOrderId(),
    sideEffect: readSideEffect(parameters, context.wallet, SIDE_EFFECTS),
  }
  const plain = type === 'LIMIT' || type === 'MARKET'
  return { place, symbol, responseType: readResponseType(parameters, plain ? 'FULL' : 'ACK') }
}

/** What all orders of one request have in common. */
export function readAccount(
  parameters: Parameters,
  symbol: TradingSymbol,
  { userId, wallet }: OrderContext,
): Pick<PlaceOrder, 'userId' | 'wallet' | 'symbol' | 'autoRepayAtCancel' | 'selfTradePrevention'> {
  return {
    userId,
    wallet,
    symbol: symbol.index,
    autoRepayAtCancel: parameters.flag('autoRepayAtCancel', true),
    selfTradePrevention: readSelfTradePrevention(parameters, symbol),
  }
}

/** Whether the symbol allows it is for the engine to say. */
function readSelfTradePrevention(
  parameters: Parameters,
  symbol: TradingSymbol,
): SelfTradePrevention {
  return (
    parameters.oneOf('selfTradePreventionMode', SELF_TRADE_PREVENTIONS) ??
    symbol.orderRules.selfTradePrevention.default
  )
}

export function refusePegged(parameters: Parameters, names: readonly string[]): void {
  if (names.some((name) => parameters.has(name))) throw requestError('pegged_orders')
}

/** Spot orders have none; a margin order one of `allowed`. */
export function readSideEffect(
  parameters: Parameters,
  wallet: TradingWallet,
  allowed: readonly SideEffect[],
): SideEffect {
  if (wallet === 'SPOT') return 'NO_SIDE_EFFECT'
  return parameters.oneOf('sideEffectType', allowed) ?? 'NO_SIDE_EFFECT'
}

/** How much of the order the answer tells. -1136. */
export function readResponseType(parameters: Parameters, absent: ResponseType): ResponseType {
  const text = parameters.text('newOrderRespType')
  if (text === undefined) return absent
  const found = RESPONSE_TYPES.find((candidate) => candidate === text)
  if (found === undefined) throw requestError('response_type')
  return found
}
