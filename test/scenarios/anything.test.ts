import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Command, SequencedCommand } from '../../src/core/domain/command.ts'
import type { Sequence, TimestampMs, UserId } from '../../src/core/domain/ids.ts'
import { DAY_MS } from '../../src/core/domain/ids.ts'
import { SELF_TRADE_PREVENTIONS, SIDE_EFFECTS } from '../../src/core/domain/order.ts'
import { apply } from '../../src/core/engine/engine.ts'
import { decodeState, encodeState } from '../../src/core/engine/snapshot.ts'
import { createState } from '../../src/core/engine/state.ts'
import { amountOf, START_MS, TestExchange } from '../../src/core/engine/test-exchange.ts'
import type { IndexPrice, Lots, Ticks } from '../../src/core/money/price.ts'
import { loadProfile } from '../../src/venue/profile.ts'

// Users, prices and the clock do whatever they like on a small venue; after every single command the whole state is
// walked (`TestExchange` does), so what is proved here is that nothing they do breaks what must hold.

const USERS = 5
const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'ETHBTC'] as const
const ASSETS = ['USDT', 'BTC', 'ETH'] as const
const PRICE = { BTC: 30_000, ETH: 2_000 }

const user = fc.nat(USERS - 1)
const symbol = fc.constantFrom(...SYMBOLS)
const asset = fc.constantFrom(...ASSETS)
const size = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 400 }))

const trade = fc.record({
  do: fc.constant('trade' as const),
  user,
  symbol,
  side: fc.constantFrom('BUY', 'SELL'),
  /** Per mille of the usual price; null: at market. */
  at: fc.option(fc.integer({ min: 970, max: 1_030 })),
  size,
  wallet: fc.constantFrom('SPOT' as const, 'CROSS_MARGIN' as const),
  sideEffect: fc.constantFrom(...SIDE_EFFECTS),
  selfTradePrevention: fc.constantFrom(...SELF_TRADE_PREVENTIONS),
  timeInForce: fc.constantFrom('GTC' as const, 'GTC' as const, 'IOC' as const, 'FOK' as const),
  autoRepayAtCancel: fc.boolean(),
})
const fund = fc.record({
  do: fc.constantFrom('borrow' as const, 'repay' as const, 'transfer' as const),
  user,
  asset,
  size,
  inward: fc.boolean(),
})
const other = fc.oneof(
  fc.record({ do: fc.constant('cancel' as const), user, symbol }),
  fc.record({
    do: fc.constant('price' as const),
    asset: fc.constantFrom('BTC' as const, 'ETH' as const),
    factor: fc.integer({ min: 60, max: 160 }),
  }),
  fc.record({
    do: fc.constant('wait' as const),
    ms: fc.constantFrom(1, 30_000, 60_000, 3_600_000),
  }),
  /** The maker stands around the usual price, moved by per cent. */
  fc.record({
    do: fc.constant('quote' as const),
    symbol,
    factor: fc.integer({ min: 60, max: 160 }),
    size,
  }),
  fc.record({
    do: fc.constant('mode' as const),
    user,
    mode: fc.constantFrom('NONE' as const, 'CROSS' as const),
  }),
  fc.record({
    do: fc.constant('withdraw' as const),
    asset: fc.constantFrom('BTC' as const, 'ETH' as const),
  }),
  fc.record({
    do: fc.constant('review' as const),
    user,
    decision: fc.constantFrom('APPROVED' as const, 'REVOKED' as const),
  }),
  fc.record({
    do: fc.constant('leverage' as const),
    user,
    leverage: fc.constantFrom(3 as const, 5 as const),
  }),
)
const action = fc.oneof(
  { weight: 6, arbitrary: trade },
  { weight: 3, arbitrary: fund },
  { weight: 3, arbitrary: other },
)
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never

function venue(profile: string) {
  const { policy, ...rest } = loadProfile(profile)
  // Index prices stay good for ever and the cap is wide: what a stale index or a narrow cap does has its own tests.
  const wide = { indexPriceAgeMaxMs: 1_000 * DAY_MS, positionInitialMarginCap: '1' }
  const exchange = new TestExchange({ ...rest, policy: { ...policy, ...wide } })
  exchange.prices({ BTC: String(PRICE.BTC), ETH: String(PRICE.ETH) })
  const maker = exchange.stranger({ SPOT: { USDT: '9000000', BTC: '300', ETH: '5000' } })
  const users = Array.from({ length: USERS }, () =>
    exchange.user({
      SPOT: { USDT: '60000', BTC: '2' },
      CROSS_MARGIN: { USDT: '60000', ETH: '20' },
    }),
  )
  // Three live on borrowed money from the start, near enough to their levels for prices to reach them.
  exchange.quote(maker, 'BTCUSDT', [['29990', '100']], [['30010', '100']])
  exchange.quote(maker, 'ETHUSDT', [['1999', '1000']], [['2001', '1000']])
  const bets = ['BUY 12 BTCUSDT', 'SELL 11 BTCUSDT', 'BUY 170 ETHUSDT']
  bets.forEach((bet, index) => {
    exchange.must(exchange.order(users[index] as UserId, bet, { sideEffect: 'MARGIN_BUY' }))
  })
  return { exchange, users, maker }
}

function usualPrice(name: (typeof SYMBOLS)[number]): number {
  return { BTCUSDT: PRICE.BTC, ETHUSDT: PRICE.ETH, ETHBTC: PRICE.ETH / PRICE.BTC }[name]
}

function commandOf({ exchange, users, maker }: ReturnType<typeof venue>, act: Action): Command {
  const userOf = (index: number) => users[index] as UserId
  switch (act.do) {
    case 'trade': {
      const base = act.symbol === 'BTCUSDT' ? act.size / 100 : act.size / 10
      const price = (usualPrice(act.symbol) * (act.at ?? 0)) / 1_000
      const at = act.at === null ? '' : ` @ ${price.toFixed(act.symbol === 'ETHBTC' ? 5 : 2)}`
      const { user: index, wallet, sideEffect, selfTradePrevention, autoRepayAtCancel } = act
      const timeInForce = act.at === null ? 'GTC' : act.timeInForce
      const options = { wallet, timeInForce, sideEffect, selfTradePrevention, autoRepayAtCancel }
      return exchange.order(
        userOf(index),
        `${act.side} ${base.toFixed(2)} ${act.symbol}${at}`,
        options,
      )
    }
    case 'cancel': {
      const at = { userId: userOf(act.user), wallet: 'CROSS_MARGIN' as const }
      return { type: 'CancelAllOrders', ...at, symbol: exchange.symbol(act.symbol).index }
    }
    case 'borrow':
    case 'repay':
    case 'transfer': {
      const amount = amountOf(
        act.asset === 'USDT' ? String(act.size * 300) : String(act.size / 100),
      )
      const at = { userId: userOf(act.user), asset: exchange.asset(act.asset), amount }
      if (act.do === 'borrow') return { type: 'Borrow', pair: null, ...at }
      if (act.do === 'repay') return { type: 'Repay', pair: null, ...at }
      return act.inward
        ? { type: 'Transfer', ...at, from: 'SPOT', to: 'CROSS_MARGIN' }
        : { type: 'Transfer', ...at, from: 'CROSS_MARGIN', to: 'SPOT' }
    }
    case 'price': {
      const price = amountOf(String((PRICE[act.asset] * act.factor) / 100)) as bigint as IndexPrice
      return { type: 'SetIndexPrices', prices: [[exchange.asset(act.asset), price]] }
    }
    case 'quote': {
      const { symbol: name, factor } = act
      const price = (usualPrice(name) * factor) / 100
      const { index, tickSize } = exchange.symbol(name)
      const ticks = (of: number) => Math.round((of * 1e8) / Number(tickSize)) as Ticks
      const lots = (act.size * 1_000) as Lots
      const bids = [[ticks(price * 0.99), lots]] as const
      const asks = [[ticks(price * 1.01), lots]] as const
      return { type: 'MassQuote', userId: maker, symbol: index, bids, asks }
    }
    case 'withdraw':
      return { type: 'SetIndexPrices', prices: [[exchange.asset(act.asset), null]] }
    case 'review': {
      const by = { decision: act.decision, reason: '', reviewer: 'officer' }
      return { type: 'ReviewKyc', userId: userOf(act.user), ...by }
    }
    case 'mode':
      return { type: 'SetMarginMode', userId: userOf(act.user), mode: act.mode }
    case 'leverage':
      return { type: 'SetLeverage', userId: userOf(act.user), leverage: act.leverage }
    case 'wait':
      return { type: 'AdvanceTime' }
  }
}

/** Every account at or below its liquidation level that is not being liquidated, while every index is known. */
function missed(exchange: TestExchange, users: readonly UserId[]): UserId[] {
  const { prices } = exchange.state
  if (['BTC', 'ETH'].some((code) => prices[exchange.asset(code)] === null)) return []
  return users.filter((userId) => {
    const { standing, liquidationLevel } = exchange.ask('risk', { userId })
    const liquidating = exchange.ask('user', { userId })?.liquidating
    return Number(standing.marginLevel) < Number(liquidationLevel) && !liquidating
  })
}

/** Rule L6: whoever is liquidated, it is not whoever sent the order. */
function expectNoRuin(exchange: TestExchange, command: Command): void {
  const { events } = exchange.do(command)
  if (command.type !== 'PlaceOrder' || command.wallet !== 'CROSS_MARGIN') return
  const liquidated = events.flatMap((e) => (e.type === 'LiquidationStarted' ? [e.userId] : []))
  expect(liquidated).not.toContain(command.userId)
}

test.each(['classic', 'binance'])(
  'V1 V2 V3 V4 V5 V7 V8 Q1 Q9 L6 whatever is done under %s, the state is sound and nobody is missed',
  (profile) => {
    fc.assert(
      fc.property(fc.array(action, { minLength: 40, maxLength: 60 }), (acts) => {
        const world = venue(profile)
        const { exchange, users } = world
        for (const act of acts) {
          if (act.do === 'wait') exchange.pass(act.ms)
          else expectNoRuin(exchange, commandOf(world, act))
          expect(missed(exchange, users)).toEqual([])
        }
        const replayed = createState()
        for (const sequenced of exchange.history) apply(replayed, sequenced)
        const bytes = encodeState(exchange.state)
        expect(encodeState(replayed)).toEqual(bytes)
        expect(encodeState(decodeState(bytes))).toEqual(bytes)
      }),
      { numRuns: 6 },
    )
  },
)

const next = (exchange: TestExchange, at: Partial<SequencedCommand>): SequencedCommand => ({
  sequence: (exchange.state.sequence + 1) as Sequence,
  timestampMs: START_MS,
  command: { type: 'AdvanceTime' },
  ...at,
})

test.each([
  ['V6', 'a command left out', 2, 0],
  ['V6', 'a command a second time', 0, 0],
  ['V10', 'a clock turned back', 1, -1],
])('V6 V10 the engine stops with %s at %s', (code, _, step, ms) => {
  const { exchange } = venue('classic')
  const sequence = (exchange.state.sequence + step) as Sequence
  const timestampMs = (START_MS + ms) as TimestampMs
  expect(() => apply(exchange.state, next(exchange, { sequence, timestampMs }))).toThrow(code)
})

test.each([0n, -1n])('V11 an index price of %s stops the engine', (price) => {
  const { exchange } = venue('classic')
  const prices = [[exchange.asset('BTC'), price as IndexPrice]] as const
  expect(() => exchange.do({ type: 'SetIndexPrices', prices })).toThrow('V11')
})

test('V9 a client order id may be used again once its order is gone, not before', () => {
  const { exchange, users } = venue('classic')
  const place = (text: string) =>
    exchange.do(exchange.order(users[0] as UserId, text, { wallet: 'SPOT', clientOrderId: 'mine' }))
  expect(place('BUY 0.1 BTCUSDT @ 29000').refusal).toBeNull()
  expect(place('BUY 0.1 BTCUSDT @ 28000').refusal?.reason).toBe('client_order_id_duplicate')
  exchange.must({
    type: 'CancelAllOrders',
    userId: users[0] as UserId,
    wallet: 'SPOT',
    symbol: exchange.symbol('BTCUSDT').index,
  })
  expect(place('BUY 0.1 BTCUSDT @ 28000').refusal).toBeNull()
})
