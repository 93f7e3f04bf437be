import { expect, test } from 'vitest'
import type { UserId } from '../../src/core/domain/ids.ts'
import type { IndexPriceDocument, VenueDocument } from '../../src/core/domain/venue-document.ts'
import { decodeState, encodeState } from '../../src/core/engine/snapshot.ts'
import { all, amountOf, only, TestExchange } from '../../src/core/engine/test-exchange.ts'
import { decimal } from '../../src/core/money/decimal.ts'
import { loadProfile } from '../../src/venue/profile.ts'

/** Three sources of equal weight, no fees, no interest, and no second price unless a test asks for it. */
function venueOf(indexPrice: Partial<IndexPriceDocument> = {}): VenueDocument {
  const classic = loadProfile('classic')
  const assets = classic.assets.map((asset) => ({ ...asset, dailyInterestRate: '0' }))
  return {
    ...classic,
    assets,
    policy: {
      ...classic.policy,
      makerFee: '0',
      takerFee: '0',
      positionInitialMarginCap: null,
      minimumAverageBalance: null,
      indexPrice: {
        sources: ['a', 'b', 'c'].map((name) => ({ name, weight: '1' })),
        rateLimitPerHour: null,
        ...indexPrice,
      },
    },
  }
}

/** What each source says of an asset, in the order of sources; null: nothing this time. */
function say(exchange: TestExchange, code: string, ...prices: (string | null)[]) {
  return prices.flatMap((text, source) => {
    if (text === null) return []
    const prices = [[exchange.asset(code), decimal(text, 8) as never]] as const
    return exchange.must({ type: 'SetSourcePrices', source: 'abc'.charAt(source), prices }).events
  })
}

const details = (exchange: TestExchange, code: string) =>
  exchange.ask('indexDetails', {})[exchange.asset(code)] as NonNullable<
    ReturnType<typeof exchange.ask<'indexDetails'>>[number]
  >

const index = (exchange: TestExchange, code: string) => {
  const { price, standing } = details(exchange, code)
  return `${price === null ? null : Number(price) / 1e8} ${standing}`
}

test('X1 the index is the median of those that are live, and each change of a source is an event', () => {
  const exchange = new TestExchange(venueOf())
  say(exchange, 'BTC', '30000')
  expect(index(exchange, 'BTC')).toBe('null MISSING')
  say(exchange, 'BTC', null, '30100')
  expect(index(exchange, 'BTC')).toBe('30050 GOOD')
  const third = say(exchange, 'BTC', null, null, '40000')
  expect(index(exchange, 'BTC')).toBe('30100 GOOD')
  const { inputs } = only(third, 'IndexStandingChanged')
  expect(inputs.map(({ name, standing }) => `${name} ${standing}`)).toEqual([
    'a COUNTED',
    'b COUNTED',
    'c CLAMPED',
  ])
  exchange.pass(9_999)
  say(exchange, 'BTC', '30000')
  expect(all(exchange.pass(0).events, 'IndexStandingChanged')).toEqual([])
  const silent = exchange.pass(1).events
  expect(
    all(silent, 'IndexStandingChanged')
      .at(-1)
      ?.inputs.map((each) => each.standing),
  ).toEqual(['COUNTED', 'SILENT', 'SILENT'])
  expect(index(exchange, 'BTC')).toBe('30100 STALE')
})

test('X1 silence moves the index at its own time, and what follows from that follows then', () => {
  const { exchange, userId } = levered()
  say(exchange, 'BTC', '16501', '16600', '16700')
  exchange.pass(5_000)
  say(exchange, 'BTC', '16400', '16501')
  expect(all(exchange.pass(4_999).events, 'LiquidationStarted')).toEqual([])
  // The third is silent: the middle of the two that are left is below 16,500.
  expect(only(exchange.pass(1).events, 'LiquidationStarted').userId).toBe(userId)
})

/** Holds 1 BTC and owes 15,000 USDT, bought at 30,000: liquidated at 16,500, insolvent below 15,000. */
function levered(indexPrice: Partial<IndexPriceDocument> = {}) {
  const exchange = new TestExchange(venueOf(indexPrice))
  say(exchange, 'BTC', '30000', '30000', '30000')
  const maker = exchange.stranger({ SPOT: { USDT: '10000000', BTC: '100' } })
  exchange.quote(maker, 'BTCUSDT', [], [['30000', '5']])
  const userId = exchange.user({ CROSS_MARGIN: { USDT: '15000' } })
  exchange.must(exchange.order(userId, 'BUY 1 BTCUSDT', { sideEffect: 'MARGIN_BUY' }))
  exchange.quote(maker, 'BTCUSDT', [], [])
  return { exchange, maker, userId }
}

const tryAll = (exchange: TestExchange, userId: UserId) => {
  const usdt = exchange.asset('USDT')
  const move = (from: 'SPOT' | 'CROSS_MARGIN', to: 'SPOT' | 'CROSS_MARGIN') =>
    exchange.do({
      type: 'Transfer',
      userId,
      asset: usdt,
      amount: amountOf('50') as never,
      from,
      to,
    })
  const reason = (outcome: { refusal: { reason: string } | null }) =>
    outcome.refusal?.reason ?? 'ok'
  const repaid = {
    type: 'Repay',
    pair: null,
    userId,
    asset: usdt,
    amount: amountOf('20') as never,
  } as const
  return {
    deposit: reason(exchange.do(exchange.deposit(userId, 'SPOT', 'USDT', '100'))),
    transferIn: reason(move('SPOT', 'CROSS_MARGIN')),
    repay: reason(exchange.do(repaid)),
    borrow: reason(exchange.do({ ...repaid, type: 'Borrow' })),
    transferOut: reason(move('CROSS_MARGIN', 'SPOT')),
    open: reason(exchange.do(exchange.order(userId, 'BUY 0.0002 BTCUSDT @ 29000'))),
    market: reason(exchange.do(exchange.order(userId, 'BUY 0.001 BTCUSDT'))),
    // What is held is sold: it reduces.
    reduce: reason(exchange.do(exchange.order(userId, 'SELL 0.001 BTCUSDT @ 31000'))),
    cancel: reason(
      exchange.do({
        type: 'CancelAllOrders',
        userId,
        wallet: 'CROSS_MARGIN',
        symbol: exchange.symbol('BTCUSDT').index,
      }),
    ),
  }
}

test.each([
  ['contested', ['30000', '34000'], 'index_contested'],
  ['stale', ['30000'], 'index_unavailable'],
] as const)(
  'X3 B7 while the index is %s nothing new is risked on it, and everything that lowers risk goes on',
  (_what, said, why) => {
    const { exchange, userId } = levered()
    exchange.pass(10_000)
    say(exchange, 'BTC', ...said)
    expect(tryAll(exchange, userId)).toEqual({
      deposit: 'ok',
      transferIn: 'ok',
      repay: 'ok',
      borrow: why,
      transferOut: why,
      open: why,
      market: why,
      reduce: 'ok',
      cancel: 'ok',
    })
    say(exchange, 'BTC', '30000', '30000', '30000')
    const good = tryAll(exchange, userId)
    expect(good).toMatchObject({ borrow: 'ok', reduce: 'ok' })
    expect(good.open).not.toBe(why)
  },
)

test('X3 an index that others do not depend on holds nobody', () => {
  const { exchange } = levered()
  const other = exchange.user({ CROSS_MARGIN: { USDT: '5000' } })
  exchange.pass(10_000)
  expect(index(exchange, 'BTC')).toBe('30000 STALE')
  const loan = {
    type: 'Borrow',
    pair: null,
    userId: other,
    amount: amountOf('100') as never,
  } as const
  expect(exchange.do({ ...loan, asset: exchange.asset('USDT') }).refusal).toBeNull()
  expect(exchange.do({ ...loan, asset: exchange.asset('BTC') }).refusal?.reason).toBe(
    'index_unavailable',
  )
})

test.each`
  sources                           | state          | after5min
  ${['14999', '13200', '14000']}    | ${'CONTESTED'} | ${'liquidated'}
  ${['15000', '13200', '14000']}    | ${'CONTESTED'} | ${'waits'}
  ${['14999.99999999', null, null]} | ${'STALE'}     | ${'waits'}
`(
  'X3 sources $sources, $state for 5 minutes: the account $after5min',
  ({ sources, state, after5min }) => {
    const { exchange, userId } = levered()
    exchange.pass(10_000)
    const first = say(exchange, 'BTC', ...sources)
    expect(index(exchange, 'BTC')).toContain(state)
    expect(all(first, 'LiquidationStarted')).toEqual([])
    const heldMs = details(exchange, 'BTC').heldSinceMs ?? 0
    for (let ms = 0; ms < 299_000; ms += 9_000) {
      exchange.pass(Math.min(9_000, 299_999 - (exchange.state.nowMs - heldMs)))
      expect(all(say(exchange, 'BTC', ...sources), 'LiquidationStarted')).toEqual([])
    }
    exchange.pass(299_999 - (exchange.state.nowMs - heldMs))
    expect(details(exchange, 'BTC').isOverdue).toBe(false)
    const { events } = exchange.pass(1)
    expect(all(events, 'IndexStandingChanged').at(-1)).toMatchObject({ isOverdue: true })
    const started = all(events, 'LiquidationStarted').map((event) => event.userId)
    expect(started).toEqual(after5min === 'liquidated' ? [userId] : [])
  },
)

test('X3 Q1 whoever was held is liquidated as soon as the index is good again, though it has not moved', () => {
  const { exchange, userId } = levered()
  exchange.pass(10_000)
  const held = say(exchange, 'BTC', '15000', '17000', '16000')
  expect(index(exchange, 'BTC')).toBe('16000 CONTESTED')
  expect(all(held, 'LiquidationStarted')).toEqual([])
  exchange.pass(1_000)
  expect(only(say(exchange, 'BTC', '16000'), 'LiquidationStarted').userId).toBe(userId)
})

test('X3 Q1 the same where another index that the account depends on was the doubtful one', () => {
  const { exchange, userId } = levered()
  exchange.prices({ ETH: '2000' })
  const from = 'SPOT'
  exchange.must(exchange.deposit(userId, from, 'ETH', '0.01'))
  const asset = exchange.asset('ETH')
  const amount = amountOf('0.01') as never
  exchange.must({ type: 'Transfer', userId, asset, amount, from, to: 'CROSS_MARGIN' })
  exchange.pass(60_001)
  expect(all(say(exchange, 'BTC', '16000', '16000'), 'LiquidationStarted')).toEqual([])
  const { events } = exchange.prices({ ETH: '2000' })
  expect(only(events, 'LiquidationStarted').userId).toBe(userId)
})

test.each([
  ['9999', 1],
  ['10000', 0],
])(
  'X3 a debt counts at the least that any source says: on %s USDT and a short of 10,000, %d liquidated',
  (own, started) => {
    const exchange = new TestExchange(venueOf())
    say(exchange, 'BTC', '10000', '10000', '10000')
    const userId = exchange.user({ CROSS_MARGIN: { USDT: own } })
    const maker = exchange.stranger({ SPOT: { USDT: '100000' } })
    exchange.quote(maker, 'BTCUSDT', [['10000', '5']], [])
    exchange.must(exchange.order(userId, 'SELL 1 BTCUSDT', { sideEffect: 'MARGIN_BUY' }))
    exchange.pass(10_000)
    const events = []
    for (let ms = 0; ms < 320_000; ms += 9_000) {
      events.push(
        ...say(exchange, 'BTC', '20000', '30000', '25000'),
        ...exchange.pass(9_000).events,
      )
    }
    expect(all(events, 'LiquidationStarted')).toHaveLength(started)
  },
)

test('X3 whoever waits is liquidated once an operator releases the index, and not before its time', () => {
  const { exchange, maker, userId } = levered()
  exchange.pass(10_000)
  const asset = exchange.asset('BTC')
  const release = { type: 'ReleaseIndex', asset, reason: 'looked at it', author: 'op' } as const
  // The median, 16,000, is below the level; the best that a source says, 18,000, is not.
  say(exchange, 'BTC', '16000', '14000', '18000')
  expect(exchange.do(release).refusal).toMatchObject({ reason: 'index_not_overdue', asset: 'BTC' })
  for (let ms = 0; ms < 306_000; ms += 9_000) {
    exchange.pass(9_000)
    say(exchange, 'BTC', '16000', '14000', '18000')
  }
  expect(details(exchange, 'BTC')).toMatchObject({ isOverdue: true, standing: 'CONTESTED' })
  expect(exchange.ask('user', { userId })).toMatchObject({ liquidating: false })
  exchange.quote(maker, 'BTCUSDT', [['15900', '5']], [])
  const { events } = exchange.must(release)
  only(events, 'IndexReleased')
  expect(only(events, 'LiquidationStarted').userId).toBe(userId)
  // At market, within the band around the index that was released.
  expect(only(events, 'LiquidationFinished')).toMatchObject({ outcome: 'closed' })
  expect(exchange.do(release).refusal).toMatchObject({ isReleased: true })
  say(exchange, 'BTC', '30000', '30000', '30000')
  expect(details(exchange, 'BTC')).toMatchObject({
    standing: 'GOOD',
    isReleased: false,
    isOverdue: false,
  })
})

test('X3 Q3 an account that is insolvent at every price is closed in the books, and what they do not take goes to the fund', () => {
  const { exchange, maker } = levered()
  exchange.pass(10_000)
  exchange.quote(maker, 'BTCUSDT', [['13500', '0.4']], [])
  const wide = ['14500', '12000', '13400'] as const
  say(exchange, 'BTC', ...wide)
  const events = []
  for (let ms = 0; ms < 380_000; ms += 9_000) {
    events.push(...exchange.pass(9_000).events, ...say(exchange, 'BTC', ...wide))
  }
  only(events, 'LiquidationStarted')
  expect(all(events, 'TradeExecuted')).toHaveLength(1)
  expect(only(events, 'LiquidationFinished')).toMatchObject({ outcome: 'taken_over' })
})

test('X3 one source far off on the debt side liquidates nobody, and neither does its being left alone', () => {
  const exchange = new TestExchange(venueOf())
  say(exchange, 'USDC', '1.00', '1.01', '1.30')
  expect(index(exchange, 'USDC')).toBe('1.01 GOOD')
  const userId = exchange.user({ CROSS_MARGIN: { USDT: '400' } })
  const usdc = exchange.asset('USDC')
  exchange.must({
    type: 'Borrow',
    pair: null,
    userId,
    asset: usdc,
    amount: amountOf('1500') as never,
  })
  const alone = exchange.pass(10_000).events
  const still = [...alone, ...say(exchange, 'USDC', null, null, '1.30')]
  expect(index(exchange, 'USDC')).toBe('1.01 STALE')
  expect(all(still, 'LiquidationStarted')).toEqual([])
  expect(
    exchange.do({ type: 'Borrow', pair: null, userId, asset: usdc, amount: amountOf('1') as never })
      .refusal,
  ).toMatchObject({
    reason: 'index_unavailable',
  })
})

test('X1 a source that the policy does not name is refused', () => {
  const exchange = new TestExchange(venueOf())
  const refused = exchange.do({ type: 'SetSourcePrices', source: 'd', prices: [] })
  expect(refused.refusal).toEqual({ reason: 'source_unknown', source: 'd' })
})

test('X1 what is declared stands in place of the sources until it is withdrawn', () => {
  const exchange = new TestExchange(venueOf())
  say(exchange, 'BTC', '30000', '30000', '30000')
  exchange.prices({ BTC: '20000' })
  say(exchange, 'BTC', '31000', '31000', '31000')
  expect(index(exchange, 'BTC')).toBe('20000 GOOD')
  expect(details(exchange, 'BTC').inputs.map(({ name }) => name)).toEqual(['declared'])
  exchange.must({ type: 'SetIndexPrices', prices: [[exchange.asset('BTC'), null]] })
  expect(index(exchange, 'BTC')).toBe('31000 GOOD')
})

test('X1 the venue’s own trades weigh a tenth beside two outside sources', () => {
  const exchange = new TestExchange(venueOf({ ownTradesWeight: '0.1' }))
  const [a, b] = [
    exchange.stranger({ SPOT: { USDT: '100000' } }),
    exchange.stranger({ SPOT: { BTC: '1' } }),
  ]
  exchange.prices({ BTC: '30000' })
  exchange.must({ type: 'SetIndexPrices', prices: [[exchange.asset('BTC'), null]] })
  exchange.must(exchange.order(a, 'BUY 0.01 BTCUSDT @ 30600', { wallet: 'SPOT' }))
  exchange.must(exchange.order(b, 'SELL 0.01 BTCUSDT @ 30600', { wallet: 'SPOT' }))
  say(exchange, 'BTC', '30000', '31000')
  expect(index(exchange, 'BTC')).toBe('30600 GOOD')
  say(exchange, 'BTC', null, null, '30100')
  expect(index(exchange, 'BTC')).toBe('30100 GOOD')
  exchange.pass(10_000)
  say(exchange, 'BTC', '30000', '31000')
  expect(index(exchange, 'BTC')).toBe('30500 GOOD')
})

test('X4 each hold begins and ends with an event that has its inputs, and all of it comes back from a snapshot', () => {
  const { exchange } = levered()
  exchange.pass(10_000)
  const [begun] = all(say(exchange, 'BTC', '30000', '34000'), 'IndexStandingChanged').slice(-1)
  expect(begun).toMatchObject({
    standing: 'CONTESTED',
    price: 3_200_000_000_000n,
    heldSinceMs: expect.any(Number),
    isOverdue: false,
    inputs: [
      { name: 'a', price: 3_000_000_000_000n, standing: 'CLAMPED' },
      { name: 'b', price: 3_400_000_000_000n, standing: 'CLAMPED' },
      { name: 'c', standing: 'SILENT' },
    ],
  })
  const bytes = encodeState(exchange.state)
  expect(Buffer.from(encodeState(decodeState(bytes))).equals(Buffer.from(bytes))).toBe(true)
  const [ended] = all(say(exchange, 'BTC', null, null, '30000'), 'IndexStandingChanged').slice(-1)
  expect(ended).toMatchObject({ standing: 'GOOD', heldSinceMs: null })
})

test('X2 a staked asset is priced by what it redeems for, whatever its own book does', () => {
  const document = venueOf()
  const redemption = { underlying: 'ETH', ratio: '1.08', movePerDayMax: '0.01' }
  const assets = document.assets.map((asset) =>
    asset.code === 'SOL' ? { ...asset, redemption } : asset,
  )
  const exchange = new TestExchange({ ...document, assets })
  const events = exchange.prices({ ETH: '3800', SOL: '1' }).events
  expect(only(events, 'IndexPricesSet').prices).toEqual([
    [exchange.asset('ETH'), 380_000_000_000n],
    [exchange.asset('SOL'), 410_400_000_000n],
  ])
  const [a, b] = [
    exchange.stranger({ SPOT: { USDT: '100000' } }),
    exchange.stranger({ SPOT: { SOL: '10' } }),
  ]
  exchange.must(exchange.order(a, 'BUY 1 SOLUSDT @ 3300', { wallet: 'SPOT' }))
  exchange.must(exchange.order(b, 'SELL 1 SOLUSDT @ 3300', { wallet: 'SPOT' }))
  exchange.prices({ ETH: '3800' })
  expect(index(exchange, 'SOL')).toBe('4104 GOOD')
  const asset = exchange.asset('SOL')
  const ratio = (text: string) => decimal(text, 12) as never
  exchange.pass(12 * 3_600_000)
  // Half a day: half of 1 %, downward as upward.
  const moved = only(
    exchange.must({ type: 'SetRedemptionRatio', asset, ratio: ratio('0.1') }).events,
    'RedemptionRatioSet',
  )
  expect(moved).toMatchObject({ asked: ratio('0.1'), ratio: ratio('1.0746') })
  exchange.prices({ ETH: '1000' })
  expect(index(exchange, 'SOL')).toBe('1074.6 GOOD')
  exchange.pass(60_001)
  expect(index(exchange, 'SOL')).toBe('1074.6 STALE')
  const eth = exchange.asset('ETH')
  expect(
    exchange.do({ type: 'SetRedemptionRatio', asset: eth, ratio: ratio('1') }).refusal,
  ).toEqual({
    reason: 'asset_not_redeemable',
    asset: 'ETH',
  })
})
