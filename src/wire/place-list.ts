import type { PlaceOrder, PlaceOrderList } from '../core/domain/command.ts'
import { type OrderType, SIDE_EFFECTS, type Side, type SideEffect } from '../core/domain/order.ts'
import type { OrderListKind } from '../core/domain/order-list.ts'
import type { TradingSymbol } from '../core/domain/venue.ts'
import {
  legNames,
  type OrderTerms,
  prefixed,
  readOrderType,
  readSide,
  readTerms,
  type TermNames,
} from './order-terms.ts'
import type { Parameters } from './parameters.ts'
import {
  type OrderContext,
  PEG_FIELDS,
  type ResponseType,
  readAccount,
  readResponseType,
  readSideEffect,
  readSymbol,
  refusePegged,
} from './place-order.ts'
import { type RequestErrorName, requestError } from './request-error.ts'

/** The shapes of a request for a list: `order/oco` with its old names, and the three of `orderList`. */
export type ListForm = 'LEGACY_OCO' | OrderListKind

export interface OrderListRequest {
  readonly place: PlaceOrderList
  readonly responseType: ResponseType
  readonly symbol: TradingSymbol
}

type Leg = OrderTerms & { readonly side: Side }

interface FormEntry {
  readonly kind: OrderListKind
  readonly read: (parameters: Parameters, symbol: TradingSymbol) => readonly Leg[]
  /** What a margin list may ask for. */
  readonly sideEffects: readonly SideEffect[]
}

/** What an order repays is known once its own turn has come, so a list that triggers takes no repayment. */
const BORROWING_ONLY: readonly SideEffect[] = ['NO_SIDE_EFFECT', 'MARGIN_BUY']

const FORMS: Readonly<Record<ListForm, FormEntry>> = {
  LEGACY_OCO: { kind: 'OCO', read: readLegacyOco, sideEffects: SIDE_EFFECTS },
  OCO: { kind: 'OCO', read: readOco, sideEffects: SIDE_EFFECTS },
  OTO: { kind: 'OTO', read: readOto, sideEffects: BORROWING_ONLY },
  OTOCO: { kind: 'OTOCO', read: readOtoco, sideEffects: BORROWING_ONLY },
}

/** The parameters of a new order list as the engine's command. Every fault is thrown as its `WireError`. */
export function parsePlaceOrderList(
  form: ListForm,
  parameters: Parameters,
  context: OrderContext,
): OrderListRequest {
  const { kind, read, sideEffects } = FORMS[form]
  const symbol = readSymbol(parameters, context.venue)
  const legs = read(parameters, symbol)
  const account = readAccount(parameters, symbol, context)
  const sideEffect = readSideEffect(parameters, context.wallet, sideEffects)
  const orders = legs.map(
    ({ clientOrderId, ...terms }): PlaceOrder => ({
      type: 'PlaceOrder',
      ...account,
      ...terms,
      clientOrderId: clientOrderId ?? context.newClientOrderId(),
      sideEffect,
    }),
  )
  const { userId, wallet } = context
  const clientListId = parameters.clientId('listClientOrderId') ?? context.newClientOrderId()
  const list = { kind, clientListId, orders }
  return {
    place: { type: 'PlaceOrderList', userId, wallet, symbol: symbol.index, ...list },
    symbol,
    responseType: readResponseType(parameters, 'RESULT'),
  }
}

const LEGACY_LIMIT_NAMES: TermNames = {
  quantity: 'quantity',
  quoteQuantity: null,
  price: 'price',
  stopPrice: null,
  trailingDelta: null,
  timeInForce: null,
  icebergQuantity: 'limitIcebergQty',
  clientOrderId: 'limitClientOrderId',
  strategyId: 'limitStrategyId',
  strategyType: 'limitStrategyType',
}

const LEGACY_STOP_NAMES: TermNames = {
  quantity: 'quantity',
  quoteQuantity: null,
  price: 'stopLimitPrice',
  stopPrice: 'stopPrice',
  trailingDelta: 'trailingDelta',
  timeInForce: 'stopLimitTimeInForce',
  icebergQuantity: 'stopIcebergQty',
  clientOrderId: 'stopClientOrderId',
  strategyId: 'stopStrategyId',
  strategyType: 'stopStrategyType',
}

/** A limit order and a stop loss, which has a limit of its own when `stopLimitPrice` is sent. */
function readLegacyOco(parameters: Parameters, symbol: TradingSymbol): readonly Leg[] {
  const side = readSide(parameters, 'side')
  const stopType = parameters.has('stopLimitPrice') ? 'STOP_LOSS_LIMIT' : 'STOP_LOSS'
  const limit = { side, ...readTerms(parameters, symbol, 'LIMIT_MAKER', LEGACY_LIMIT_NAMES) }
  const stop = { side, ...readTerms(parameters, symbol, stopType, LEGACY_STOP_NAMES) }
  return side === 'SELL' ? [limit, stop] : [stop, limit]
}

function readOco(parameters: Parameters, symbol: TradingSymbol): readonly Leg[] {
  const side = readSide(parameters, 'side')
  return readOcoLegs(parameters, symbol, side, ['above', 'below', 'quantity'])
}

function readOto(parameters: Parameters, symbol: TradingSymbol): readonly Leg[] {
  const working = readWorking(parameters, symbol)
  const type = readOrderType(parameters, 'pendingType')
  const side = readSide(parameters, 'pendingSide')
  return [working, readLeg(parameters, symbol, { side, type, prefix: 'pending' })]
}

function readOtoco(parameters: Parameters, symbol: TradingSymbol): readonly Leg[] {
  const working = readWorking(parameters, symbol)
  const side = readSide(parameters, 'pendingSide')
  const names = ['pendingAbove', 'pendingBelow', 'pendingQuantity'] as const
  return [working, ...readOcoLegs(parameters, symbol, side, names)]
}

function readWorking(parameters: Parameters, symbol: TradingSymbol): Leg {
  const type = readOrderType(parameters, 'workingType')
  if (type !== 'LIMIT' && type !== 'LIMIT_MAKER') throw requestError('order_composition')
  const side = readSide(parameters, 'workingSide')
  return readLeg(parameters, symbol, { side, type, prefix: 'working' })
}

/** Both legs of an OCO, above first, which share one quantity. */
function readOcoLegs(
  parameters: Parameters,
  symbol: TradingSymbol,
  side: Side,
  [above, below, quantity]: readonly [string, string, string],
): readonly Leg[] {
  const aboveType = readOcoType(parameters, prefixed(above, 'type'))
  const belowType = readOcoType(parameters, prefixed(below, 'type'))
  checkOcoShape(side, aboveType, belowType)
  return [
    readLeg(parameters, symbol, { side, type: aboveType, prefix: above, quantity }),
    readLeg(parameters, symbol, { side, type: belowType, prefix: below, quantity }),
  ]
}

function readOcoType(parameters: Parameters, name: string): OrderType {
  const type = readOrderType(parameters, name)
  if (type === 'LIMIT' || type === 'MARKET') throw requestError('oco_type')
  return type
}

/** To which side of the last price a leg belongs, by its type and the side of its list. */
type Family = 'LIMIT_MAKER' | 'STOP_LOSS' | 'TAKE_PROFIT'

const MISPLACED: Readonly<Record<Side, Readonly<Record<Family, RequestErrorName>>>> = {
  BUY: {
    LIMIT_MAKER: 'buy_oco_limit',
    STOP_LOSS: 'buy_oco_stop_loss',
    TAKE_PROFIT: 'buy_oco_take_profit',
  },
  SELL: {
    LIMIT_MAKER: 'sell_oco_limit',
    STOP_LOSS: 'sell_oco_stop_loss',
    TAKE_PROFIT: 'sell_oco_take_profit',
  },
}

/** -1168, and -1165, -1166, -1196 to -1199 for a leg on the wrong side. */
function checkOcoShape(side: Side, above: OrderType, below: OrderType): void {
  if (above === 'LIMIT_MAKER' && below === 'LIMIT_MAKER') throw requestError('oco_both_limit')
  // A stop loss buys above the last price and sells below it; the others the other way about.
  const stopLossBelongs = side === 'BUY' ? 'above' : 'below'
  for (const [place, type] of [
    ['above', above],
    ['below', below],
  ] as const) {
    const family = familyOf(type)
    const belongs = (family === 'STOP_LOSS') === (place === stopLossBelongs)
    if (!belongs) throw requestError(MISPLACED[side][family])
  }
}

function familyOf(type: OrderType): Family {
  if (type === 'STOP_LOSS' || type === 'STOP_LOSS_LIMIT') return 'STOP_LOSS'
  return type === 'LIMIT_MAKER' ? 'LIMIT_MAKER' : 'TAKE_PROFIT'
}

interface LegAsk {
  readonly side: Side
  readonly type: OrderType
  readonly prefix: string
  /** Where the list says how much, when the leg does not itself. */
  readonly quantity?: string
}

function readLeg(
  parameters: Parameters,
  symbol: TradingSymbol,
  { side, type, prefix, quantity = prefixed(prefix, 'quantity') }: LegAsk,
): Leg {
  refusePegged(
    parameters,
    PEG_FIELDS.map((field) => prefixed(prefix, field)),
  )
  return { side, ...readTerms(parameters, symbol, type, legNames(prefix, quantity)) }
}
