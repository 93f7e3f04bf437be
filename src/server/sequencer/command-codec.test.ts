import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Command, CommandType } from '../../core/domain/command.ts'
import { CANCEL_RESTRICTIONS, PLAIN } from '../../core/domain/command.ts'
import {
  ORDER_TYPES,
  SELF_TRADE_PREVENTIONS,
  SIDE_EFFECTS,
  TIMES_IN_FORCE,
} from '../../core/domain/order.ts'
import { ORDER_LIST_KINDS } from '../../core/domain/order-list.ts'
import { SYMBOL_STATES } from '../../core/domain/venue.ts'
import { WALLETS } from '../../core/domain/wallet.ts'
import { CommandInvalid, decodeCommand, encodeCommand } from './command-codec.ts'

const whole = fc.maxSafeInteger().map((value) => (Object.is(value, -0) ? 0 : value))
const amount = fc.bigInt({ min: -(2n ** 127n), max: 2n ** 127n })
const text = fc.string({ unit: 'binary' })
const tradingWallet = fc.constantFrom('SPOT', 'CROSS_MARGIN')
const lendingWallet = fc.constantFrom('SPOT', 'FUNDING')
const wallet = fc.constantFrom(...WALLETS)
const reference = fc.record({ orderId: fc.option(whole), clientOrderId: fc.option(text) })
const restriction = fc.option(fc.constantFrom(...CANCEL_RESTRICTIONS))
const levels = fc.array(fc.tuple(whole, whole))
const document = JSON.parse(
  readFileSync(new URL('../../../profiles/classic.json', import.meta.url), 'utf8'),
)

const placeOrder = {
  userId: whole,
  wallet: tradingWallet,
  symbol: whole,
  side: fc.constantFrom('BUY', 'SELL'),
  orderType: fc.constantFrom(...ORDER_TYPES),
  timeInForce: fc.constantFrom(...TIMES_IN_FORCE),
  price: whole,
  lots: whole,
  quoteQuantity: amount,
  clientOrderId: text,
  sideEffect: fc.constantFrom(...SIDE_EFFECTS),
  autoRepayAtCancel: fc.boolean(),
  selfTradePrevention: fc.constantFrom(...SELF_TRADE_PREVENTIONS),
  stopPrice: whole,
  trailingBips: whole,
  icebergLots: whole,
  strategyId: fc.option(whole),
  strategyType: fc.option(whole),
}
const placed = fc.record({ type: fc.constant('PlaceOrder'), ...placeOrder })
const walletReference = fc.oneof(wallet, fc.record({ pair: whole }))
const books = { userId: whole, wallet: tradingWallet, symbol: whole }

const FIELDS: Record<CommandType, Record<string, fc.Arbitrary<unknown>>> = {
  OpenVenue: { document: fc.constant(document) },
  CreateUser: {},
  SubmitKyc: { userId: whole },
  ReviewKyc: {
    userId: whole,
    decision: fc.constantFrom('APPROVED', 'REJECTED', 'REVOKED'),
    reason: text,
    reviewer: text,
  },
  AcceptDisclosure: { userId: whole, version: text },
  BackdateFunding: { userId: whole, days: whole },
  SetMarginMode: { userId: whole, mode: fc.constantFrom('NONE', 'CROSS', 'ISOLATED') },
  SetWarningLevels: { userId: whole, levels: fc.array(amount) },
  SetLeverage: { userId: whole, leverage: fc.constantFrom(3, 5) },
  LiquidateAccount: { userId: whole, pair: fc.option(whole) },
  Deposit: { userId: whole, wallet, asset: whole, amount },
  Transfer: { userId: whole, asset: whole, amount, from: walletReference, to: walletReference },
  SetIsolatedAccount: { userId: whole, pair: whole, enabled: fc.boolean() },
  Borrow: { userId: whole, asset: whole, amount, pair: fc.option(whole) },
  Repay: { userId: whole, asset: whole, amount, pair: fc.option(whole) },
  SupplyPool: { userId: whole, asset: whole, amount, from: lendingWallet },
  WithdrawFromPool: { userId: whole, asset: whole, amount, to: lendingWallet },
  ExchangeSmallDebts: { userId: whole, assets: fc.array(whole) },
  PlaceOrder: placeOrder,
  CancelOrder: { ...books, order: reference, restriction },
  CancelAllOrders: books,
  CancelReplace: {
    cancel: reference,
    mode: fc.constantFrom('STOP_ON_FAILURE', 'ALLOW_FAILURE'),
    restriction,
    place: placed,
  },
  AmendOrder: { ...books, order: reference, lots: whole, clientOrderId: text },
  PlaceOrderList: {
    ...books,
    kind: fc.constantFrom(...ORDER_LIST_KINDS),
    clientListId: text,
    orders: fc.array(placed, { maxLength: 3 }),
  },
  CancelOrderList: {
    ...books,
    list: fc.record({ listId: fc.option(whole), clientListId: fc.option(text) }),
  },
  CancelAllAfter: {
    userId: whole,
    wallet: tradingWallet,
    symbol: fc.option(whole),
    timeoutMs: whole,
  },
  MassQuote: { userId: whole, symbol: whole, bids: levels, asks: levels },
  SetSymbolState: {
    symbol: whole,
    state: fc.constantFrom(...SYMBOL_STATES),
    reason: text,
    author: text,
  },
  SetInterestPayment: { userId: whole, inBnb: fc.boolean() },
  SetVipLevel: { userId: whole, vipLevel: fc.option(whole) },
  SetLending: { asset: whole, lends: fc.boolean(), reason: text, author: text },
  SetTradeGroup: { userId: whole, tradeGroupId: fc.option(whole), reason: text, author: text },
  DraftPolicyChange: {
    settings: fc.array(fc.record({ path: text, to: fc.constantFrom('1', 2, null, false, [{}]) })),
    effectMs: fc.option(whole),
    reason: text,
    author: text,
  },
  ApprovePolicyChange: { policyChangeId: whole, reason: text, author: text },
  WithdrawPolicyChange: { policyChangeId: whole, reason: text, author: text },
  SetIndexPrices: { prices: fc.array(fc.tuple(whole, fc.option(amount))) },
  SetSourcePrices: { source: text, prices: fc.array(fc.tuple(whole, amount)) },
  SetRedemptionRatio: { asset: whole, ratio: amount },
  ReleaseIndex: { asset: whole, reason: text, author: text },
  AdvanceTime: {},
}

function commandOf(type: CommandType): fc.Arbitrary<Command> {
  const fields = { type: fc.constant(type), ...FIELDS[type] }
  return fc.record(fields, { noNullPrototype: true }) as unknown as fc.Arbitrary<Command>
}

test.each(Object.keys(FIELDS) as CommandType[])('%s: decode(encode(x)) is x', (type) => {
  fc.assert(
    fc.property(commandOf(type), (command) => {
      expect(decodeCommand(encodeCommand(command))).toEqual(command)
    }),
    { numRuns: 50 },
  )
})

const BORROW = { type: 'Borrow', userId: 7, asset: 2, amount: 5n, pair: null } as unknown as Command

test('a command takes one short line', () => {
  expect(encodeCommand(BORROW).toString()).toBe('[3,"Borrow",[7,2,"5",null]]')
})

/** What version 1 had no place for, by the command that has it now. */
const LATER: Record<string, object> = {
  PlaceOrder: PLAIN,
  CancelOrder: { restriction: null },
  CancelReplace: { restriction: null },
  Borrow: { pair: null },
  Repay: { pair: null },
}

const VERSION_1 = readFileSync(new URL('fixtures/commands-version-1.ndjson', import.meta.url))
  .toString()
  .trim()
  .split('\n')

test.each(VERSION_1)('J1 what version 1 wrote is read: %s', (line) => {
  const [, type, fields] = JSON.parse(line) as [1, CommandType, unknown[]]
  const command = decodeCommand(Buffer.from(line))
  const later = LATER[type] ?? {}
  expect(command).toMatchObject({ type, ...later })
  if (command.type === 'CancelReplace') expect(command.place).toMatchObject(PLAIN)
  // Written anew it is the same command, in as many fields more as there are later ones.
  const [version, , written] = JSON.parse(encodeCommand(command).toString())
  expect([version, written.length]).toEqual([3, fields.length + Object.keys(later).length])
  expect(decodeCommand(encodeCommand(command))).toEqual(command)
})

test('J1 every command of version 1 is among what is read, with every field as it was', () => {
  const read = VERSION_1.map((line) => decodeCommand(Buffer.from(line)))
  const later = [
    'AmendOrder',
    'PlaceOrderList',
    'CancelOrderList',
    'CancelAllAfter',
    'SetSymbolState',
    'SetTradeGroup',
    'SetIsolatedAccount',
    'SetSourcePrices',
    'SetRedemptionRatio',
    'ReleaseIndex',
    'SupplyPool',
    'WithdrawFromPool',
    'ExchangeSmallDebts',
    'SetInterestPayment',
    'SetVipLevel',
    'SetLending',
    'DraftPolicyChange',
    'ApprovePolicyChange',
    'WithdrawPolicyChange',
    'SetWarningLevels',
    'LiquidateAccount',
  ]
  const types = Object.keys(FIELDS).filter((type) => !later.includes(type))
  expect([...new Set(read.map(({ type }) => type))].sort()).toEqual(types.sort())
  expect(read.find(({ type }) => type === 'PlaceOrder')).toEqual({
    type: 'PlaceOrder',
    userId: 3,
    wallet: 'CROSS_MARGIN',
    symbol: 1,
    side: 'SELL',
    orderType: 'LIMIT_MAKER',
    timeInForce: 'GTC',
    price: 3_000_000,
    lots: 25,
    quoteQuantity: 0n,
    clientOrderId: 'early-bird_1',
    sideEffect: 'AUTO_BORROW_REPAY',
    autoRepayAtCancel: false,
    selfTradePrevention: 'EXPIRE_BOTH',
    ...PLAIN,
  })
  expect(read.find(({ type }) => type === 'CancelOrder')).toEqual({
    type: 'CancelOrder',
    userId: 3,
    wallet: 'SPOT',
    symbol: 1,
    order: { orderId: 12, clientOrderId: null },
    restriction: null,
  })
})

test('the journal refuses what it could not give back unchanged', () => {
  const wrong = [
    { ...BORROW, amount: 5 },
    { ...BORROW, amount: undefined },
    { ...BORROW, userId: 1.5 },
    { ...BORROW, userId: Number.NaN },
    { ...BORROW, userId: -0 },
    { ...BORROW, userId: 2 ** 53 },
    { ...BORROW, userId: '7' },
    { ...BORROW, amount: 10n ** 80n },
    { ...BORROW, type: 'Lend' },
    { type: 'SetLeverage', userId: 1, leverage: 4 },
    { type: 'OpenVenue', document: { name: undefined } },
    { type: 'OpenVenue', document: { name: 1n } },
    { type: 'MassQuote', userId: 1, symbol: 1, bids: [[1, 2, 3]], asks: [] },
    { type: 'CancelOrder', userId: 1, wallet: 'FUNDING', symbol: 1, order: { orderId: 1 } },
    { type: 'CancelReplace', cancel: null, mode: 'ALLOW_FAILURE', place: {} },
  ]
  for (const command of wrong)
    expect(() => encodeCommand(command as unknown as Command)).toThrow(CommandInvalid)
})

test('bytes that are no command are refused', () => {
  const wrong = [
    '',
    'null',
    '{}',
    '[1,"Borrow"]',
    '[0,"Borrow",[7,2,"5"]]',
    '[1.5,"Borrow",[7,2,"5"]]',
    '["1","Borrow",[7,2,"5"]]',
    '[3,"Borrow",[7,2,"5"]]',
    '[1,"CancelOrder",[3,"SPOT",1,[12,null],null]]',
    '[2,"CancelOrder",[3,"SPOT",1,[12,null]]]',
    '[1,"Lend",[7,2,"5"]]',
    '[1,"Borrow",[7,2]]',
    '[1,"Borrow",[7,2,"5",0]]',
    '[1,"Borrow",[7,2,5]]',
    '[1,"Borrow",[7,2,"05"]]',
    '[1,"Borrow",[7,2,"-0"]]',
    '[1,"Borrow",[7,2,"5e3"]]',
    '[1,"Borrow",["7",2,"5"]]',
    '[1,"Borrow",null]',
    '[1,"toString",[]]',
    '[1,"Borrow",[7,2,"5"]]x',
  ]
  for (const line of wrong)
    expect(() => decodeCommand(Buffer.from(line)), line).toThrow(CommandInvalid)
})

test('any byte changed gives the same kind of error or another command, never a crash', () => {
  const bytes = encodeCommand(BORROW)
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
      const spoiled = Buffer.from(bytes)
      spoiled[at] = value
      try {
        decodeCommand(spoiled)
      } catch (error) {
        expect(error).toBeInstanceOf(CommandInvalid)
      }
    }),
  )
})
