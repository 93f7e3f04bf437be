import { beforeEach, expect, test } from 'vitest'
import { loadProfile } from '../../venue/profile.ts'
import { present } from '../assert.ts'
import type { UserId } from '../domain/ids.ts'
import { BUCKET, VENUE_ACCOUNT } from '../ledger/chart.ts'
import type { Ticks } from '../money/price.ts'
import { apply } from './engine.ts'
import { assertConserved, assertSound } from './invariants.ts'
import { encodeState } from './snapshot.ts'
import type { ExchangeState } from './state.ts'
import { userOf } from './state.ts'
import { TestExchange } from './test-exchange.ts'

// What an invariant guards nothing against unless it is seen to bite: each is broken by hand, and must be found.

let exchange: TestExchange
let trader: UserId

beforeEach(() => {
  exchange = new TestExchange(loadProfile('classic'))
  exchange.prices({ BTC: '30000' })
  trader = exchange.user({ SPOT: { USDT: '60000' }, CROSS_MARGIN: { USDT: '10000' } })
  exchange.must({
    type: 'Borrow',
    userId: trader,
    pair: null,
    asset: exchange.asset('BTC'),
    amount: 10_000_000n as never,
  })
  exchange.must(exchange.order(trader, 'BUY 0.01 BTCUSDT @ 29000', { clientOrderId: 'bid' }))
  exchange.must(exchange.order(trader, 'SELL 0.01 BTCUSDT @ 31000', { clientOrderId: 'ask' }))
})

const { free, locked, principal, interest } = BUCKET

function cross(state: ExchangeState) {
  return present(userOf(state, trader), 'the trader is there').accounts.CROSS_MARGIN
}

function bidOf(state: ExchangeState) {
  return present(state.orders.byClientId(cross(state), 'bid'), 'the bid is open')
}

/** What changes a state as no command would, and what is then found. */
const PLANTED: readonly (readonly [claim: string, plant: (state: ExchangeState) => void])[] = [
  [
    'V1 every asset sums to zero',
    (state) => {
      const usdt = exchange.asset('USDT')
      const account = cross(state)
      const held = [free, locked, principal, interest].map((bucket) =>
        state.ledger.balance(account, usdt, bucket),
      )
      state.ledger.load(account, usdt, [(held[0] ?? 0n) + 1n, ...held.slice(1)])
      // As if the running totals knew nothing of it.
      state.ledger.assertBalanced = () => {}
    },
  ],
  [
    'V3 account',
    (state) => {
      state.ledger.move(exchange.asset('USDT'), cross(state), free, cross(state), locked, 1n)
    },
  ],
  [
    'V3 order',
    (state) => {
      const bid = bidOf(state)
      bid.locked = (bid.locked - 1n) as typeof bid.locked
      state.ledger.move(exchange.asset('USDT'), cross(state), locked, cross(state), free, 1n)
    },
  ],
  ['V4 working orders', (state) => state.books[bidOf(state).symbol]?.cancel(bidOf(state).id)],
  [
    'V4 order',
    (state) => {
      const bid = bidOf(state)
      state.books[bid.symbol]?.reduce(bid.id, 1 as typeof bid.lots)
    },
  ],
  [
    'V7 what accounts owe of BTC',
    (state) => {
      state.ledger.move(exchange.asset('BTC'), cross(state), principal, cross(state), free, 1n)
    },
  ],
  [
    'V7 interest owed in BTC',
    (state) => {
      state.ledger.move(exchange.asset('BTC'), cross(state), interest, cross(state), free, 1n)
    },
  ],
  ['V8 account', (state) => state.indebted.delete(cross(state))],
  ['V8 account', (state) => state.indebted.add(VENUE_ACCOUNT.insuranceFund)],
]

test.each(PLANTED)('%s is found wherever everything is checked', (claim, plant) => {
  assertSound(exchange.state)
  plant(exchange.state)
  expect(() => assertSound(exchange.state)).toThrow(claim)
})

test('V1 a checkpoint of balances that do not sum to zero is not taken', () => {
  PLANTED[0]?.[1](exchange.state)
  expect(() => assertConserved(exchange.state)).toThrow('V1')
  expect(() => encodeState(exchange.state)).toThrow('V1')
})

test('V1 a command that touches an asset out of balance is not done', () => {
  const usdt = exchange.asset('USDT')
  exchange.state.ledger.load(VENUE_ACCOUNT.rounding, usdt, [1n, 0n, 0n, 0n])
  expect(() => exchange.do(exchange.deposit(trader, 'SPOT', 'USDT', '1'))).toThrow('V1')
})

test.each([
  ['V2 a balance is never negative', free],
  ['V2 nobody owes less than nothing', principal],
] as const)('%s', (claim, bucket) => {
  const { ledger } = exchange.state
  const [from, to] = bucket === free ? [free, locked] : [free, principal]
  const account = exchange.stranger({ SPOT: { USDT: '1' } })
  const { SPOT } = present(userOf(exchange.state, account), 'the user is there').accounts
  const sum = bucket === free ? 100_000_001n : 1n
  expect(() => ledger.move(exchange.asset('USDT'), SPOT, from, SPOT, to, sum)).toThrow(claim)
})

test.each([
  ['V6', 2, 0],
  ['V6', 0, 0],
  ['V10', 1, -1],
] as const)('%s a command %i later in sequence and %i ms later in time', (claim, sequence, ms) => {
  const { state } = exchange
  const sequenced = {
    sequence: (state.sequence + sequence) as typeof state.sequence,
    timestampMs: (state.nowMs + ms) as typeof state.nowMs,
    command: { type: 'AdvanceTime' } as const,
  }
  expect(() => apply(state, sequenced)).toThrow(claim)
})

test('V5 no order comes to rest across the book', () => {
  const { id, symbol, side, lots } = bidOf(exchange.state)
  const book = present(exchange.state.books[symbol], 'the symbol has a book')
  book.cancel(id)
  const above = 3_200_000 as Ticks
  expect(() => book.rest(id, trader, side, above, lots, lots)).toThrow('does not cross')
})

test('V9 two open orders of an account have two names', () => {
  const { state } = exchange
  const bid = bidOf(state)
  expect(() => state.orders.open({ ...bid, id: state.orders.table.open() })).toThrow('V9')
})

test('V11 an index price is positive', () => {
  const prices = [[exchange.asset('BTC'), 0n as never]] as const
  expect(() => exchange.do({ type: 'SetIndexPrices', prices })).toThrow('V11')
})

test('V3 V8 what no command touches is found by the clock, within a bounded number of commands', () => {
  const idle = exchange.user({ CROSS_MARGIN: { USDT: '10000' } }, null)
  for (let n = 0; n < 200; n += 1) exchange.stranger({})
  const account = present(userOf(exchange.state, idle), 'the user is there').accounts.CROSS_MARGIN
  exchange.state.indebted.add(account)
  let commands = 0
  const timed = { type: 'AdvanceTime' } as const
  const tick = () => {
    commands += 1
    const { sequence, nowMs } = exchange.state
    apply(exchange.state, {
      sequence: (sequence + 1) as typeof sequence,
      timestampMs: nowMs,
      command: timed,
    })
  }
  expect(() => {
    while (commands < 1_000) tick()
  }).toThrow(`V8 account ${account}`)
  expect(commands).toBeLessThan(1_000)
})
