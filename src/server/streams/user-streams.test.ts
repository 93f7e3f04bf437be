import { afterEach, expect, test } from 'vitest'
import type { BalanceChanged, Event } from '../../core/domain/event.ts'
import type {
  AssetIndex,
  LiquidationId,
  SymbolIndex,
  TransactionId,
  UserId,
} from '../../core/domain/ids.ts'
import type { Wallet } from '../../core/domain/wallet.ts'
import type { Amount } from '../../core/money/amount.ts'
import type { Rate } from '../../core/money/rate.ts'
import { isolatedListen } from '../access/listen-tokens.ts'
import { TestVenue, USER } from './test-venue.ts'

const OTHER = 8 as UserId
const USDT = 0 as AssetIndex
let venue: TestVenue

afterEach(async () => venue.close())

function balance(userId: UserId, wallet: Wallet, asset: number, free: bigint): Event {
  return {
    type: 'BalanceChanged',
    pair: null,
    userId,
    wallet,
    asset: asset as AssetIndex,
    free: free as Amount,
    locked: 5n as Amount,
    borrowed: 0n as Amount,
    interest: 0n as Amount,
  }
}

test('an order’s life: accepted, traded as maker, cancelled; by legacy listen key the events are bare', async () => {
  venue = await TestVenue.start()
  const { script } = venue
  const { token } = venue.listenTokens.issueListenKey(USER, 'CROSS_MARGIN')
  const client = await venue.connect(`/ws/${token}`)
  const own = { userId: USER, wallet: 'CROSS_MARGIN' as const }
  venue.apply(script.place({ ...own, side: 'SELL', price: 10_000, lots: 5, clientOrderId: 'mine' }))
  const createdMs = script.timeMs
  expect(await client.next()).toEqual({
    e: 'executionReport',
    E: createdMs,
    s: 'BTCUSDT',
    c: 'mine',
    S: 'SELL',
    o: 'LIMIT',
    f: 'GTC',
    q: '0.00500000',
    p: '100.00000000',
    P: '0.00000000',
    F: '0.00000000',
    g: -1,
    C: '',
    x: 'NEW',
    X: 'NEW',
    r: 'NONE',
    i: 1,
    l: '0.00000000',
    z: '0.00000000',
    L: '0.00000000',
    n: '0',
    N: null,
    T: createdMs,
    t: -1,
    I: 2,
    w: true,
    m: false,
    M: false,
    O: createdMs,
    Z: '0.00000000',
    Y: '0.00000000',
    Q: '0.00000000',
    W: createdMs,
    V: 'NONE',
  })
  script.timeMs += 10
  venue.apply(script.place({ userId: OTHER, side: 'BUY', price: 10_000, lots: 2 }))
  expect(await client.next()).toMatchObject({
    x: 'TRADE',
    X: 'PARTIALLY_FILLED',
    i: 1,
    l: '0.00200000',
    L: '100.00000000',
    Y: '0.20000000',
    z: '0.00200000',
    n: '0.00000007',
    N: 'USDT',
    t: 1,
    m: true,
    w: true,
    O: createdMs,
    T: createdMs + 10,
  })
  venue.apply(script.cancel(1))
  expect(await client.next()).toMatchObject({
    x: 'CANCELED',
    X: 'CANCELED',
    C: 'mine',
    q: '0.00500000',
    z: '0.00200000',
    w: false,
  })
})

test('an order that was open before anyone listened is reported in full', async () => {
  venue = await TestVenue.start()
  const { script } = venue
  venue.apply(script.place({ userId: USER, side: 'SELL', price: 10_000, lots: 5 }))
  const { token } = venue.listenTokens.issueListenKey(USER, 'SPOT')
  const client = await venue.connect(`/stream?streams=${token}`)
  venue.apply(script.place({ userId: OTHER, side: 'BUY', price: 10_000, lots: 5 }))
  expect(await client.next()).toMatchObject({
    stream: token,
    data: { x: 'TRADE', X: 'FILLED', q: '0.00500000', p: '100.00000000', w: false },
  })
})

test('each wallet hears of its own balances alone, once per command, after its orders', async () => {
  venue = await TestVenue.start()
  const { script, listenTokens } = venue
  const spot = await venue.connect(`/ws/${listenTokens.issueListenKey(USER, 'SPOT').token}`)
  const margin = await venue.connect(
    `/ws/${listenTokens.issueListenKey(USER, 'CROSS_MARGIN').token}`,
  )
  const transfer: Event = {
    type: 'Transferred',
    transactionId: 1 as TransactionId,
    userId: USER,
    asset: USDT,
    amount: 250_000_000n as Amount,
    from: 'SPOT',
    to: 'CROSS_MARGIN',
  }
  venue.apply(
    script.outcome([
      balance(USER, 'SPOT', 0, 1n),
      balance(USER, 'CROSS_MARGIN', 0, 3n),
      balance(OTHER, 'SPOT', 0, 9n),
      balance(USER, 'SPOT', 1, 2n),
      balance(USER, 'SPOT', 0, 4n),
      transfer,
    ]),
  )
  expect(await spot.next()).toMatchObject({ e: 'balanceUpdate', a: 'USDT', d: '-2.50000000' })
  expect(await spot.next()).toEqual({
    e: 'outboundAccountPosition',
    E: script.timeMs,
    u: script.timeMs,
    B: [
      { a: 'USDT', f: '0.00000004', l: '0.00000005' },
      { a: 'BTC', f: '0.00000002', l: '0.00000005' },
    ],
  })
  expect(await margin.next()).toMatchObject({ e: 'balanceUpdate', d: '2.50000000' })
  expect(await margin.next()).toMatchObject({ B: [{ a: 'USDT', f: '0.00000003' }] })
})

test('S1 who listens to a pair is told of its orders, balances and loans, and of no other account’s', async () => {
  venue = await TestVenue.start()
  const { script } = venue
  const pair = 0 as SymbolIndex
  const { token } = venue.listenTokens.issueListenKey(USER, isolatedListen(pair))
  const client = await venue.connect(`/ws/${token}`)
  const of = { userId: USER, asset: USDT, transactionId: 1 as TransactionId }
  const loan = { type: 'LoanTaken', ...of, amount: 100_000_000n as Amount } as const
  const held = balance(USER, 'ISOLATED_MARGIN', 0, 7n) as BalanceChanged
  venue.apply(
    script.outcome([
      { ...loan, pair: null, origin: 'MANUAL' },
      { ...loan, pair: 1 as SymbolIndex, origin: 'MANUAL' },
      { ...loan, pair, origin: 'MANUAL' },
      { type: 'Transferred', ...of, amount: 5n as Amount, from: 'SPOT', to: { pair } },
      balance(USER, 'CROSS_MARGIN', 0, 9n),
      { ...held, pair: 1 as SymbolIndex },
      { ...held, pair },
    ]),
  )
  expect(await client.next()).toMatchObject({ e: 'balanceUpdate', d: '1.00000000' })
  expect(await client.next()).toMatchObject({ e: 'balanceUpdate', d: '0.00000005' })
  expect(await client.next()).toMatchObject({
    e: 'outboundAccountPosition',
    B: [{ a: 'USDT', f: '0.00000007' }],
  })
  const own = { userId: USER, wallet: 'ISOLATED_MARGIN' as const, side: 'SELL' as const }
  venue.apply(script.place({ ...own, price: 10_000, lots: 5, clientOrderId: 'mine' }))
  expect(await client.next()).toMatchObject({ e: 'executionReport', c: 'mine', x: 'NEW' })
})

test('L5 the risk stream tells of debts, margin calls and liquidation', async () => {
  venue = await TestVenue.start()
  const { token } = venue.listenTokens.issueListenKey(USER, 'RISK')
  const client = await venue.connect(`/ws/${token}`)
  const of = { userId: USER, asset: USDT, transactionId: 1 as TransactionId }
  const levels = { callLevel: '1.16000000', liquidationLevel: '1.10000000' }
  const events: Event[] = [
    { type: 'LoanTaken', pair: null, ...of, amount: 100_000_000n as Amount, origin: 'MANUAL' },
    {
      type: 'InterestCharged',
      pair: null,
      ...of,
      principal: 100_000_000n as Amount,
      interest: 3n as Amount,
      dailyRate: 1n as Rate,
      kind: 'ON_BORROW',
      paid: null,
      chargedMs: venue.script.outcome([]).timestampMs,
    },
    {
      type: 'LoanRepaid',
      pair: null,
      ...of,
      interest: 3n as Amount,
      principal: 40_000_000n as Amount,
      origin: 'MANUAL',
    },
    { type: 'MarginCalled', pair: null, userId: USER, level: '1.15000000', ...levels },
    {
      type: 'LiquidationStarted',
      pair: null,
      userId: USER,
      liquidationId: 1 as LiquidationId,
      trigger: 'LEVEL',
      level: '1.09000000',
      liquidationLevel: '1.10000000',
      assetsUsdt: 0n as Amount,
      debtsUsdt: 0n as Amount,
      prices: [],
    },
    {
      type: 'LiquidationFinished',
      pair: null,
      userId: USER,
      liquidationId: 1 as LiquidationId,
      outcome: 'closed',
      valueLiquidated: 0n as Amount,
      clearanceFee: 0n as Amount,
      fundPaid: 0n as Amount,
      lendersLost: 0n as Amount,
    },
  ]
  venue.apply(venue.script.outcome(events))
  const said: object[] = []
  for (const _ of events) said.push(await client.next())
  expect(said).toMatchObject([
    { e: 'USER_LIABILITY_CHANGE', a: 'USDT', t: 'BORROW', p: '1.00000000', i: '0.00000000' },
    { e: 'USER_LIABILITY_CHANGE', t: 'INTEREST', p: '0.00000000', i: '0.00000003' },
    { e: 'USER_LIABILITY_CHANGE', t: 'REPAY', p: '0.40000000', i: '0.00000003' },
    { e: 'MARGIN_LEVEL_STATUS_CHANGE', s: 'MARGIN_CALL', l: '1.15000000' },
    { e: 'MARGIN_LEVEL_STATUS_CHANGE', s: 'FORCE_LIQUIDATION', l: '1.09000000' },
    { e: 'MARGIN_LEVEL_STATUS_CHANGE', s: 'NORMAL', l: '999' },
  ])
})

test('a listen key that runs out says so', async () => {
  venue = await TestVenue.start()
  const { token, expiresMs } = venue.listenTokens.issueListenKey(USER, 'SPOT')
  const client = await venue.connect(`/ws/${token}`)
  venue.wallMs = expiresMs - 1
  await new Promise((resolve) => setTimeout(resolve, 1_050))
  venue.wallMs = expiresMs
  expect(await client.next()).toEqual({
    e: 'listenKeyExpired',
    E: venue.script.timeMs,
    listenKey: token,
  })
})
