import { expect, test } from 'vitest'
import { profileVenue } from '../../test/gateway/profile-venue.ts'
import type { TradingWallet } from '../core/domain/command.ts'
import type { UserId } from '../core/domain/ids.ts'
import { Parameters } from './parameters.ts'
import { type ListForm, parsePlaceOrderList } from './place-list.ts'
import { WireError } from './wire-error.ts'

const venue = profileVenue()

type Sent = Readonly<Record<string, string>>

function parse(form: ListForm, sent: Sent, wallet: TradingWallet = 'SPOT') {
  let made = 0
  const newClientOrderId = () => `made-${++made}`
  const context = { venue, userId: 7 as UserId, wallet, newClientOrderId }
  return parsePlaceOrderList(form, new Parameters(new Map(Object.entries(sent))), context)
}

function faultOf(form: ListForm, sent: Sent, wallet?: TradingWallet): string {
  try {
    parse(form, sent, wallet)
    return 'taken'
  } catch (error) {
    if (error instanceof WireError) return `${error.code} ${error.message}`
    throw error
  }
}

const without = (sent: Sent, ...names: readonly string[]) =>
  Object.fromEntries(Object.entries(sent).filter(([each]) => !names.includes(each)))

const LEGACY: Sent = {
  symbol: 'BTCUSDT',
  side: 'SELL',
  quantity: '1',
  price: '31000',
  stopPrice: '29000',
}
const LEGACY_LIMIT: Sent = { ...LEGACY, stopLimitPrice: '28900', stopLimitTimeInForce: 'GTC' }

const OCO: Sent = {
  symbol: 'BTCUSDT',
  side: 'SELL',
  quantity: '1',
  aboveType: 'LIMIT_MAKER',
  abovePrice: '31000',
  belowType: 'STOP_LOSS',
  belowStopPrice: '29000',
}

const WORKING: Sent = {
  symbol: 'BTCUSDT',
  workingType: 'LIMIT',
  workingSide: 'BUY',
  workingPrice: '30000',
  workingQuantity: '1',
  workingTimeInForce: 'GTC',
}
const OTO: Sent = {
  ...WORKING,
  pendingType: 'MARKET',
  pendingSide: 'SELL',
  pendingQuantity: '0.5',
}
const OTOCO: Sent = {
  ...WORKING,
  pendingSide: 'SELL',
  pendingQuantity: '0.5',
  pendingAboveType: 'LIMIT_MAKER',
  pendingAbovePrice: '31000',
  pendingBelowType: 'STOP_LOSS_LIMIT',
  pendingBelowPrice: '28900',
  pendingBelowStopPrice: '29000',
  pendingBelowTimeInForce: 'GTC',
}

test.each<[string, Sent, readonly object[]]>([
  [
    'a sale has its limit above',
    LEGACY,
    [
      { orderType: 'LIMIT_MAKER', side: 'SELL', price: 3_100_000, stopPrice: 0 },
      { orderType: 'STOP_LOSS', side: 'SELL', price: 0, stopPrice: 2_900_000 },
    ],
  ],
  [
    'a purchase has its limit below',
    { ...LEGACY, side: 'BUY', price: '29000', stopPrice: '31000' },
    [
      { orderType: 'STOP_LOSS', side: 'BUY', stopPrice: 3_100_000 },
      { orderType: 'LIMIT_MAKER', side: 'BUY', price: 2_900_000 },
    ],
  ],
  [
    'the stop has a limit of its own',
    { ...LEGACY_LIMIT, stopIcebergQty: '0.2', limitIcebergQty: '0.1', trailingDelta: '50' },
    [
      { orderType: 'LIMIT_MAKER', icebergLots: 10_000, trailingBips: 0 },
      { orderType: 'STOP_LOSS_LIMIT', price: 2_890_000, icebergLots: 20_000, trailingBips: 50 },
    ],
  ],
  [
    'each order has its names',
    {
      ...LEGACY,
      limitClientOrderId: 'limit',
      stopClientOrderId: 'stop',
      limitStrategyId: '1',
      stopStrategyId: '2',
      stopStrategyType: '1000000',
    },
    [
      { clientOrderId: 'limit', strategyId: 1, strategyType: null },
      { clientOrderId: 'stop', strategyId: 2, strategyType: 1_000_000 },
    ],
  ],
])('T12 of the old request %s', (_, sent, orders) => {
  const { place } = parse('LEGACY_OCO', sent)
  expect(place).toMatchObject({ kind: 'OCO', orders })
})

test('T12 both orders of an OCO have the quantity of the list, above first', () => {
  const { place, responseType } = parse('OCO', { ...OCO, listClientOrderId: 'list' })
  expect(place).toMatchObject({
    type: 'PlaceOrderList',
    kind: 'OCO',
    clientListId: 'list',
    orders: [
      { orderType: 'LIMIT_MAKER', price: 3_100_000, lots: 100_000, clientOrderId: 'made-1' },
      { orderType: 'STOP_LOSS', stopPrice: 2_900_000, lots: 100_000, clientOrderId: 'made-2' },
    ],
  })
  expect(responseType).toBe('RESULT')
})

test('T13 of an OTO the working order comes first, and each has its own side and quantity', () => {
  expect(parse('OTO', OTO).place).toMatchObject({
    kind: 'OTO',
    orders: [
      { orderType: 'LIMIT', side: 'BUY', lots: 100_000, price: 3_000_000 },
      { orderType: 'MARKET', side: 'SELL', lots: 50_000, price: 0 },
    ],
  })
})

test('T13 of an OTOCO the working order comes first, then above, then below', () => {
  expect(parse('OTOCO', OTOCO).place).toMatchObject({
    kind: 'OTOCO',
    orders: [
      { orderType: 'LIMIT', side: 'BUY', lots: 100_000 },
      { orderType: 'LIMIT_MAKER', side: 'SELL', lots: 50_000, price: 3_100_000 },
      { orderType: 'STOP_LOSS_LIMIT', side: 'SELL', price: 2_890_000, stopPrice: 2_900_000 },
    ],
  })
})

const LIMIT_LEG = { price: '1', stopPrice: '1', timeInForce: 'GTC' }
const LEGS: Readonly<Record<string, Sent>> = {
  LIMIT_MAKER: { price: '1' },
  STOP_LOSS: { stopPrice: '1' },
  STOP_LOSS_LIMIT: LIMIT_LEG,
  TAKE_PROFIT: { stopPrice: '1' },
  TAKE_PROFIT_LIMIT: LIMIT_LEG,
}

function legOf(prefix: string, type: string): Sent {
  const fields = { type, ...LEGS[type] }
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      prefix + name.charAt(0).toUpperCase() + name.slice(1),
      value,
    ]),
  )
}

const ONE_CONTINGENT = '-1168 At least one OCO order must be contingent.'
const FAULTS: Readonly<Record<string, string>> = {
  'SELL LIMIT_MAKER': '-1166 A limit order in a sell OCO must be above.',
  'SELL STOP_LOSS': '-1197 A stop loss order in a sell OCO must be below.',
  'SELL TAKE_PROFIT': '-1199 A take profit order in a sell OCO must be above.',
  'BUY LIMIT_MAKER': '-1165 A limit order in a buy OCO must be below.',
  'BUY STOP_LOSS': '-1196 A stop loss order in a buy OCO must be above.',
  'BUY TAKE_PROFIT': '-1198 A take profit order in a buy OCO must be below.',
}

/** Said anew, leg by leg, so that the table in force is compared with another. */
function expectedFault(side: string, above: string, below: string): string {
  if (above === 'LIMIT_MAKER' && below === 'LIMIT_MAKER') return ONE_CONTINGENT
  const family = (type: string) => type.replace(/_LIMIT$/, '')
  const isStop = (type: string) => family(type) === 'STOP_LOSS'
  const aboveIsWrong = side === 'SELL' ? isStop(above) : !isStop(above)
  if (aboveIsWrong) return FAULTS[`${side} ${family(above)}`] ?? ''
  const belowIsWrong = side === 'SELL' ? !isStop(below) : isStop(below)
  return belowIsWrong ? (FAULTS[`${side} ${family(below)}`] ?? '') : 'taken'
}

const pairs = ['BUY', 'SELL'].flatMap((side) =>
  Object.keys(LEGS).flatMap((above) =>
    Object.keys(LEGS).map((below) => ({
      side,
      above,
      below,
      expected: expectedFault(side, above, below),
    })),
  ),
)

test.each(pairs)('T12 $side $above above $below: $expected', ({ side, above, below, expected }) => {
  const sent = { symbol: 'BTCUSDT', side, quantity: '1', ...legOf('above', above) }
  expect(faultOf('OCO', { ...sent, ...legOf('below', below) })).toBe(expected)
})

const missing = (name: string) =>
  `-1102 Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`
const either = (first: string, second: string) =>
  `-1102 Param '${first}' or '${second}' must be sent, but both were empty/null!`

test.each<[ListForm, Sent, string, string]>([
  ['OCO', OCO, 'side', missing('side')],
  ['OCO', OCO, 'quantity', missing('quantity')],
  ['OCO', OCO, 'aboveType', missing('aboveType')],
  ['OCO', OCO, 'abovePrice', missing('abovePrice')],
  ['OCO', OCO, 'belowType', missing('belowType')],
  ['OCO', OCO, 'belowStopPrice', either('belowStopPrice', 'belowTrailingDelta')],
  ['OTO', OTO, 'workingType', missing('workingType')],
  ['OTO', OTO, 'workingSide', missing('workingSide')],
  ['OTO', OTO, 'workingPrice', missing('workingPrice')],
  ['OTO', OTO, 'workingQuantity', missing('workingQuantity')],
  ['OTO', OTO, 'workingTimeInForce', missing('workingTimeInForce')],
  ['OTO', OTO, 'pendingType', missing('pendingType')],
  ['OTO', OTO, 'pendingSide', missing('pendingSide')],
  ['OTO', OTO, 'pendingQuantity', missing('pendingQuantity')],
  ['OTOCO', OTOCO, 'pendingSide', missing('pendingSide')],
  ['OTOCO', OTOCO, 'pendingQuantity', missing('pendingQuantity')],
  ['OTOCO', OTOCO, 'pendingAboveType', missing('pendingAboveType')],
  ['OTOCO', OTOCO, 'pendingAbovePrice', missing('pendingAbovePrice')],
  ['OTOCO', OTOCO, 'pendingBelowType', missing('pendingBelowType')],
  ['OTOCO', OTOCO, 'pendingBelowTimeInForce', missing('pendingBelowTimeInForce')],
  ['LEGACY_OCO', LEGACY, 'price', missing('price')],
  ['LEGACY_OCO', LEGACY, 'quantity', missing('quantity')],
  ['LEGACY_OCO', LEGACY, 'stopPrice', either('stopPrice', 'trailingDelta')],
  ['LEGACY_OCO', LEGACY_LIMIT, 'stopLimitTimeInForce', missing('stopLimitTimeInForce')],
])('T12 T13 %s %o without %s: %s', (form, sent, name, expected) => {
  expect(faultOf(form, without(sent, name))).toBe(expected)
})

test.each<[string, ListForm, Sent, string]>([
  ['a type no OCO has', 'OCO', { ...OCO, aboveType: 'LIMIT' }, '-1158'],
  ['a market order in an OCO', 'OCO', { ...OCO, belowType: 'MARKET' }, '-1158'],
  ['an unknown type', 'OCO', { ...OCO, belowType: 'STOP' }, '-1116'],
  ['a working order that waits', 'OTO', { ...OTO, workingType: 'STOP_LOSS' }, '-1014'],
  [
    'a pending market order with a price',
    'OTO',
    { ...OTO, pendingPrice: '1' },
    "-1106 Parameter 'pendingPrice' sent when not required.",
  ],
  [
    'a working order with a stop price',
    'OTO',
    { ...OTO, workingStopPrice: '1' },
    "-1106 Parameter 'workingStopPrice' sent when not required.",
  ],
  [
    'an iceberg leg that is not good till cancelled',
    'OTOCO',
    { ...OTOCO, pendingBelowTimeInForce: 'IOC', pendingBelowIcebergQty: '0.1' },
    "-1160 Parameter 'pendingBelowIcebergQty' is not supported if 'pendingBelowTimeInForce' is not GTC.",
  ],
  [
    'an old iceberg stop that is not good till cancelled',
    'LEGACY_OCO',
    { ...LEGACY_LIMIT, stopLimitTimeInForce: 'FOK', stopIcebergQty: '0.1' },
    '-1160',
  ],
  [
    'an old stop at market with a time in force',
    'LEGACY_OCO',
    { ...LEGACY, stopLimitTimeInForce: 'GTC' },
    "-1106 Parameter 'stopLimitTimeInForce' sent when not required.",
  ],
  [
    'a reserved strategy type of a leg',
    'OCO',
    { ...OCO, belowStrategyType: '5' },
    '-1134 belowStrategyType was less than 1000000.',
  ],
  ['a pegged leg', 'OCO', { ...OCO, abovePegPriceType: 'PRIMARY_PEG' }, '-2010 Pegged'],
])('T12 T13 %s is refused', (_, form, sent, expected) => {
  expect(faultOf(form, sent).startsWith(expected)).toBe(true)
})

test.each<[ListForm, Sent, string, string]>([
  ['LEGACY_OCO', LEGACY, 'AUTO_REPAY', 'taken'],
  ['OCO', OCO, 'AUTO_BORROW_REPAY', 'taken'],
  ['OTO', OTO, 'MARGIN_BUY', 'taken'],
  ['OTO', OTO, 'AUTO_REPAY', "-1130 Data sent for parameter 'sideEffectType' is not valid."],
  [
    'OTOCO',
    OTOCO,
    'AUTO_BORROW_REPAY',
    "-1130 Data sent for parameter 'sideEffectType' is not valid.",
  ],
])('B4 a margin %s %o with %s: %s', (form, sent, sideEffectType, expected) => {
  expect(faultOf(form, { ...sent, sideEffectType }, 'CROSS_MARGIN')).toBe(expected)
})
