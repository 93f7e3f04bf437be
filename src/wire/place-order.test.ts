import { expect, test } from 'vitest'
import { profileVenue } from '../../test/gateway/profile-venue.ts'
import type { PlaceOrder, TradingWallet } from '../core/domain/command.ts'
import type { UserId } from '../core/domain/ids.ts'
import { ORDER_TYPES, type OrderType, SELF_TRADE_PREVENTIONS } from '../core/domain/order.ts'
import { Parameters } from './parameters.ts'
import { parsePlaceOrder } from './place-order.ts'
import { WireError } from './wire-error.ts'

const venue = profileVenue()

type Sent = Readonly<Record<string, string>>

function parse(sent: Sent, wallet: TradingWallet = 'SPOT') {
  const context = { venue, userId: 7 as UserId, wallet, newClientOrderId: () => 'made' }
  return parsePlaceOrder(new Parameters(new Map(Object.entries(sent))), context)
}

function faultOf(sent: Sent, wallet?: TradingWallet): string {
  try {
    parse(sent, wallet)
    return 'taken'
  } catch (error) {
    if (error instanceof WireError) return `${error.code} ${error.message}`
    throw error
  }
}

const HEAD = { symbol: 'BTCUSDT', side: 'SELL' }
const LIMIT = { quantity: '2', price: '30000', timeInForce: 'GTC' }

/** The least that an order of each type says. */
const LEAST: Readonly<Record<OrderType, Sent>> = {
  LIMIT: { ...HEAD, type: 'LIMIT', ...LIMIT },
  LIMIT_MAKER: { ...HEAD, type: 'LIMIT_MAKER', quantity: '2', price: '30000' },
  MARKET: { ...HEAD, type: 'MARKET', quantity: '2' },
  STOP_LOSS: { ...HEAD, type: 'STOP_LOSS', quantity: '2', stopPrice: '29000' },
  STOP_LOSS_LIMIT: { ...HEAD, type: 'STOP_LOSS_LIMIT', ...LIMIT, stopPrice: '29000' },
  TAKE_PROFIT: { ...HEAD, type: 'TAKE_PROFIT', quantity: '2', stopPrice: '31000' },
  TAKE_PROFIT_LIMIT: { ...HEAD, type: 'TAKE_PROFIT_LIMIT', ...LIMIT, stopPrice: '31000' },
}

const EXTRA: Sent = {
  quantity: '2',
  quoteOrderQty: '100',
  price: '30000',
  timeInForce: 'GTC',
  stopPrice: '29000',
  trailingDelta: '100',
  icebergQty: '0.5',
}

/** What becomes of an order with one parameter less or more; what is not named here is required or foreign. */
const OPTIONAL: Readonly<Record<OrderType, readonly string[]>> = {
  LIMIT: ['icebergQty'],
  LIMIT_MAKER: ['icebergQty'],
  MARKET: [],
  STOP_LOSS: ['trailingDelta'],
  STOP_LOSS_LIMIT: ['trailingDelta', 'icebergQty'],
  TAKE_PROFIT: ['trailingDelta'],
  TAKE_PROFIT_LIMIT: ['trailingDelta', 'icebergQty'],
}

const missing = (name: string) =>
  `-1102 Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`
const foreign = (name: string) => `-1106 Parameter '${name}' sent when not required.`
const either = (first: string, second: string) =>
  `-1102 Param '${first}' or '${second}' must be sent, but both were empty/null!`

const without = (sent: Sent, name: string) =>
  Object.fromEntries(Object.entries(sent).filter(([each]) => each !== name))

function lacking(type: OrderType, name: string): string {
  if (name === 'stopPrice') return either('stopPrice', 'trailingDelta')
  if (type === 'MARKET' && name === 'quantity') return either('quantity', 'quoteOrderQty')
  return missing(name)
}

function having(type: OrderType, name: string): string {
  if (OPTIONAL[type].includes(name)) return 'taken'
  if (type === 'MARKET' && name === 'quoteOrderQty') {
    return '-1128 Combination of optional parameters invalid.'
  }
  return foreign(name)
}

const shapes = ORDER_TYPES.flatMap((type) => {
  const least = LEAST[type]
  const required = Object.keys(least).map((name) => ({
    shape: `${type} without ${name}`,
    sent: without(least, name),
    expected: lacking(type, name),
  }))
  const added = Object.entries(EXTRA)
    .filter(([name]) => !(name in least))
    .map(([name, value]) => ({
      shape: `${type} with ${name}`,
      sent: { ...least, [name]: value },
      expected: having(type, name),
    }))
  return [{ shape: type, sent: least, expected: 'taken' }, ...required, ...added]
})

test.each(shapes)('T8 $shape: $expected', ({ sent, expected }) => {
  expect(faultOf(sent)).toBe(expected)
})

test.each<[string, Sent, string]>([
  [
    'a trailing order without a stop price',
    { ...without(LEAST.STOP_LOSS, 'stopPrice'), trailingDelta: '100' },
    'taken',
  ],
  [
    'a trailing delta of 0',
    { ...LEAST.STOP_LOSS, trailingDelta: '0' },
    '-1013 Filter failure: TRAILING_DELTA',
  ],
  [
    'a trailing delta that is no whole number',
    { ...LEAST.STOP_LOSS, trailingDelta: '1.5' },
    "-1100 Illegal characters found in parameter 'trailingDelta'; legal range is '^[0-9]{1,19}$'.",
  ],
  [
    'a stop price off the tick',
    { ...LEAST.STOP_LOSS, stopPrice: '29000.001' },
    '-1013 Filter failure: PRICE_FILTER',
  ],
  [
    'a stop price of 0',
    { ...LEAST.STOP_LOSS, stopPrice: '0' },
    '-1013 Filter failure: PRICE_FILTER',
  ],
  ['an iceberg of 0, which is none', { ...LEAST.LIMIT, icebergQty: '0' }, 'taken'],
  [
    'an iceberg off the step',
    { ...LEAST.LIMIT, icebergQty: '0.000001' },
    '-1013 Filter failure: LOT_SIZE',
  ],
  [
    'an iceberg that is immediate or cancel',
    { ...LEAST.LIMIT, timeInForce: 'IOC', icebergQty: '1' },
    '-1014 Unsupported order combination.',
  ],
  [
    'an iceberg that is fill or kill',
    { ...LEAST.STOP_LOSS_LIMIT, timeInForce: 'FOK', icebergQty: '1' },
    '-1014 Unsupported order combination.',
  ],
  ['the least strategy type', { ...LEAST.LIMIT, strategyType: '1000000' }, 'taken'],
  [
    'a reserved strategy type',
    { ...LEAST.LIMIT, strategyType: '999999' },
    '-1134 strategyType was less than 1000000.',
  ],
  ['an unknown type', { ...LEAST.LIMIT, type: 'ICEBERG' }, '-1116 Invalid orderType.'],
  [
    'an unknown time in force',
    { ...LEAST.LIMIT, timeInForce: 'GTX' },
    '-1115 Invalid timeInForce.',
  ],
  [
    'an unknown self-trade prevention',
    { ...LEAST.LIMIT, selfTradePreventionMode: 'MAYBE' },
    "-1130 Data sent for parameter 'selfTradePreventionMode' is not valid.",
  ],
  [
    'a pegged order',
    { ...LEAST.LIMIT, pegPriceType: 'PRIMARY_PEG' },
    '-2010 Pegged orders are not supported for this symbol.',
  ],
])('T26 %s', (_, sent, expected) => {
  expect(faultOf(sent)).toBe(expected)
})

test.each<[string, Sent, Partial<PlaceOrder>]>([
  ['a plain order', LEAST.LIMIT, { stopPrice: 0, trailingBips: 0, icebergLots: 0 } as never],
  [
    'a stop',
    LEAST.STOP_LOSS,
    { orderType: 'STOP_LOSS', stopPrice: 2_900_000, price: 0, timeInForce: 'GTC' } as never,
  ],
  [
    'a trailing stop with a limit',
    { ...LEAST.TAKE_PROFIT_LIMIT, trailingDelta: '175', timeInForce: 'FOK' },
    { stopPrice: 3_100_000, price: 3_000_000, trailingBips: 175, timeInForce: 'FOK' } as never,
  ],
  ['an iceberg', { ...LEAST.LIMIT_MAKER, icebergQty: '0.5' }, { icebergLots: 50_000 } as never],
  [
    'marks of the client',
    { ...LEAST.LIMIT, strategyId: '37463720', strategyType: '1000000' },
    { strategyId: 37_463_720, strategyType: 1_000_000 },
  ],
  ['none', LEAST.LIMIT, { strategyId: null, strategyType: null }],
])('T9 %s is read exactly', (_, sent, expected) => {
  expect(parse(sent).place).toMatchObject({ userId: 7, clientOrderId: 'made', ...expected })
})

test.each(SELF_TRADE_PREVENTIONS)('T6 %s is taken as it is said', (mode) => {
  const { place } = parse({ ...LEAST.LIMIT, selfTradePreventionMode: mode })
  expect(place.selfTradePrevention).toBe(mode)
})

test('T6 an order that says nothing has the default of its symbol', () => {
  const selfTradePrevention = { default: 'DECREMENT', allowed: ['DECREMENT'] } as const
  const other = profileVenue({ selfTradePrevention })
  const context = {
    venue: other,
    userId: 7 as UserId,
    wallet: 'SPOT' as const,
    newClientOrderId: () => 'made',
  }
  const sent = new Parameters(new Map(Object.entries(LEAST.LIMIT)))
  expect(parsePlaceOrder(sent, context).place.selfTradePrevention).toBe('DECREMENT')
  expect(parse(LEAST.LIMIT).place.selfTradePrevention).toBe('EXPIRE_MAKER')
})

test.each(ORDER_TYPES)('how much a %s answers unless it says', (type) => {
  const full = type === 'LIMIT' || type === 'MARKET'
  expect(parse(LEAST[type]).responseType).toBe(full ? 'FULL' : 'ACK')
  expect(parse({ ...LEAST[type], newOrderRespType: 'RESULT' }).responseType).toBe('RESULT')
  expect(faultOf({ ...LEAST[type], newOrderRespType: 'MORE' })).toMatch(/^-1136/)
})

test('B4 only a margin order has a side effect', () => {
  const sent = { ...LEAST.LIMIT, sideEffectType: 'AUTO_BORROW_REPAY' }
  expect(parse(sent).place.sideEffect).toBe('NO_SIDE_EFFECT')
  expect(parse(sent, 'CROSS_MARGIN').place.sideEffect).toBe('AUTO_BORROW_REPAY')
  expect(parse(sent, 'ISOLATED_MARGIN').place.sideEffect).toBe('AUTO_BORROW_REPAY')
})
