import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Command, CommandType } from '../../core/domain/command.ts'
import {
  ORDER_TYPES,
  SELF_TRADE_PREVENTIONS,
  SIDE_EFFECTS,
  TIMES_IN_FORCE,
} from '../../core/domain/order.ts'
import { WALLETS } from '../../core/domain/wallet.ts'
import { CommandInvalid, decodeCommand, encodeCommand } from './command-codec.ts'

const whole = fc.maxSafeInteger().map((value) => (Object.is(value, -0) ? 0 : value))
const amount = fc.bigInt({ min: -(2n ** 127n), max: 2n ** 127n })
const text = fc.string({ unit: 'binary' })
const tradingWallet = fc.constantFrom('SPOT', 'CROSS_MARGIN')
const wallet = fc.constantFrom(...WALLETS)
const reference = fc.record({ orderId: fc.option(whole), clientOrderId: fc.option(text) })
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
}

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
  SetLeverage: { userId: whole, leverage: fc.constantFrom(3, 5) },
  Deposit: { userId: whole, wallet, asset: whole, amount },
  Transfer: { userId: whole, asset: whole, amount, from: wallet, to: wallet },
  Borrow: { userId: whole, asset: whole, amount },
  Repay: { userId: whole, asset: whole, amount },
  PlaceOrder: placeOrder,
  CancelOrder: { userId: whole, wallet: tradingWallet, symbol: whole, order: reference },
  CancelAllOrders: { userId: whole, wallet: tradingWallet, symbol: whole },
  CancelReplace: {
    cancel: reference,
    mode: fc.constantFrom('STOP_ON_FAILURE', 'ALLOW_FAILURE'),
    place: fc.record({ type: fc.constant('PlaceOrder'), ...placeOrder }),
  },
  MassQuote: { userId: whole, symbol: whole, bids: levels, asks: levels },
  SetIndexPrices: { prices: fc.array(fc.tuple(whole, fc.option(amount))) },
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

const BORROW = { type: 'Borrow', userId: 7, asset: 2, amount: 5n } as unknown as Command

test('a command takes one short line', () => {
  expect(encodeCommand(BORROW).toString()).toBe('[1,"Borrow",[7,2,"5"]]')
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
    '[2,"Borrow",[7,2,"5"]]',
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
