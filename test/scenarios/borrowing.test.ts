import { expect, test } from 'vitest'
import type { PlaceOrder } from '../../src/core/domain/command.ts'
import type { UserId } from '../../src/core/domain/ids.ts'
import { HOUR_MS } from '../../src/core/domain/ids.ts'
import { all, amountOf, only, TestExchange } from '../../src/core/engine/test-exchange.ts'
import { VENUE_ACCOUNT } from '../../src/core/ledger/chart.ts'
import type { Amount } from '../../src/core/money/amount.ts'
import { loadProfile } from '../../src/venue/profile.ts'

/** No cap and no fees, so that only the loans are looked at. */
function stage(wallet: Record<string, string> = { USDT: '10000' }) {
  const classic = loadProfile('classic')
  const policy = {
    ...classic.policy,
    makerFee: '0',
    takerFee: '0',
    positionInitialMarginCap: null,
    minimumAverageBalance: null,
  }
  const exchange = new TestExchange({ ...classic, policy })
  exchange.prices({ BTC: '40000', ETH: '2000' })
  const maker = exchange.stranger({ SPOT: { USDT: '10000000', BTC: '100' } })
  exchange.quote(maker, 'BTCUSDT', [['40000', '10']], [['40000.01', '10']])
  const userId = exchange.user({ CROSS_MARGIN: wallet })
  const usdt = exchange.asset('USDT')
  const borrow = (text: string, asset = usdt) =>
    exchange.do({ type: 'Borrow', pair: null, userId, asset, amount: amountOf(text) })
  const repay = (text: string, asset = usdt) =>
    exchange.do({ type: 'Repay', pair: null, userId, asset, amount: amountOf(text) })
  const order = (text: string, options: Partial<PlaceOrder> = {}) =>
    exchange.do(exchange.order(userId, text, options))
  const balance = (asset = 'USDT') => exchange.balance(userId, 'CROSS_MARGIN', asset)
  return { exchange, maker, userId, usdt, borrow, repay, order, balance }
}

test('B1 B2 a loan of exactly the maximum is given, one unit more is not', () => {
  const { exchange, userId, usdt, borrow } = stage()
  const max = exchange.ask('maxBorrowable', { userId, asset: usdt })
  expect(max).toMatchObject({ binding: 'headroom' })
  const amount = 'amount' in max ? max.amount : 0n
  const text = (sum: bigint) =>
    `${sum / 100_000_000n}.${(sum % 100_000_000n).toString().padStart(8, '0')}`
  expect(borrow(text(amount + 1n)).refusal).toMatchObject({
    reason: 'borrow_exceeds_max',
    max: amount,
    binding: 'headroom',
  })
  expect(borrow(text(amount)).refusal).toBeNull()
  // Interest for the started hour is owed at once: the level after it is still at least 1.25.
  expect(exchange.ask('marginAccount', { userId }).standing.collateralMarginLevel).toBe(
    '1.25000000',
  )
})

test('B3 a pool lends what it has above its reserve and then says so', () => {
  const { exchange } = stage()
  const asset = exchange.asset('BTC')
  const rich = () => exchange.user({ CROSS_MARGIN: { USDT: '100000000' } })
  const most = (userId: UserId) => {
    const max = exchange.ask('maxBorrowable', { userId, asset })
    if ('reason' in max) throw new Error(max.reason)
    return max
  }
  let borrower = rich()
  expect(most(borrower)).toMatchObject({ binding: 'user_limit' })
  for (; most(borrower).binding === 'user_limit'; borrower = rich()) {
    exchange.must({
      type: 'Borrow',
      pair: null,
      userId: borrower,
      asset,
      amount: most(borrower).amount,
    })
  }
  const { amount, binding } = most(borrower)
  expect(binding).toBe('pool')
  expect(amount).toBe(exchange.ask('pools', {})[asset]?.available)
  const refusal = exchange.do({
    type: 'Borrow',
    pair: null,
    userId: borrower,
    asset,
    amount: (amount + 1n) as Amount,
  }).refusal
  expect(refusal).toMatchObject({ reason: 'borrow_pool_empty', available: amount })
})

test('B4 a margin buy borrows the shortfall and no more; its unused part goes back when it is cancelled', () => {
  const { exchange, userId, order, balance } = stage()
  const placed = order('BUY 0.5 BTCUSDT @ 39000', {
    sideEffect: 'MARGIN_BUY',
    clientOrderId: 'far',
  })
  expect(only(placed.events, 'LoanTaken').amount).toBe(amountOf('9500'))
  expect(balance()).toBe('0 / 19500 / 9500 / 0.11875')
  const symbol = exchange.symbol('BTCUSDT').index
  const reference = { orderId: null, clientOrderId: 'far' }
  const canceled = exchange.must({
    type: 'CancelOrder',
    userId,
    wallet: 'CROSS_MARGIN',
    symbol,
    order: reference,
    restriction: null,
  })
  // 9,500 go back: the interest of the started hour first, the rest is principal.
  expect(only(canceled.events, 'LoanRepaid')).toMatchObject({
    interest: amountOf('0.11875'),
    principal: amountOf('9499.88125'),
  })
  expect(balance()).toBe('10000 / 0 / 0.11875 / 0')
})

test('B4 with autoRepayAtCancel false the loan stays', () => {
  const { exchange, userId, order, balance } = stage()
  order('BUY 0.5 BTCUSDT @ 39000', {
    sideEffect: 'MARGIN_BUY',
    clientOrderId: 'far',
    autoRepayAtCancel: false,
  })
  const symbol = exchange.symbol('BTCUSDT').index
  exchange.must({ type: 'CancelAllOrders', userId, wallet: 'CROSS_MARGIN', symbol })
  expect(balance()).toBe('19500 / 0 / 9500 / 0.11875')
})

test('B4 without a side effect a shortfall is refused with what is there and what is needed', () => {
  const { order } = stage()
  expect(order('BUY 0.5 BTCUSDT @ 39000').refusal).toEqual({
    reason: 'balance_insufficient',
    asset: 'USDT',
    have: amountOf('10000'),
    need: amountOf('19500'),
  })
})

// Binance's own example of side effects (FAQ "sideEffectType"): 1 BTC, debt 10,000.
test('B4 B5 one BTC and a debt of 10,000: a plain sale leaves the debt, a margin buy of 0.5 borrows 20,000', () => {
  const owing = () => {
    const set = stage({ BTC: '1' })
    set.borrow('10000')
    set.exchange.must({
      type: 'Transfer',
      userId: set.userId,
      asset: set.usdt,
      amount: amountOf('10000'),
      from: 'CROSS_MARGIN',
      to: 'SPOT',
    })
    return set
  }
  const plain = owing()
  plain.order('SELL 1 BTCUSDT @ 40000')
  expect(plain.balance()).toBe('40000 / 0 / 10000 / 0.125')

  const leveraged = owing()
  leveraged.exchange.quote(leveraged.maker, 'BTCUSDT', [], [['40000', '10']])
  leveraged.order('BUY 0.5 BTCUSDT @ 40000', { sideEffect: 'MARGIN_BUY' })
  expect(leveraged.balance('BTC')).toBe('1.5 / 0 / 0 / 0')
  expect(leveraged.balance()).toBe('0 / 0 / 30000 / 0.375')

  const closing = owing()
  closing.order('SELL 1 BTCUSDT @ 40000', { sideEffect: 'AUTO_REPAY' })
  expect(closing.balance()).toBe('29999.875 / 0 / 0 / 0')
})

test('B5 B6 repaying all that is owed ends at exactly zero, interest before principal', () => {
  const { exchange, borrow, repay, balance } = stage()
  borrow('1000')
  exchange.pass(3 * HOUR_MS)
  expect(balance()).toBe('11000 / 0 / 1000 / 0.05')
  expect(repay('0.03').refusal).toBeNull()
  expect(balance()).toBe('10999.97 / 0 / 1000 / 0.02')
  expect(repay('1000.02000001').refusal).toMatchObject({
    reason: 'repay_exceeds_debt',
    owed: amountOf('1000.02'),
  })
  expect(repay('1000.02').refusal).toBeNull()
  expect(balance()).toBe('9999.95 / 0 / 0 / 0')
})

test('I1 a loan is charged when taken and again at each full hour until it is repaid', () => {
  const { exchange, borrow, repay } = stage()
  exchange.pass(55 * 60_000)
  const at = (events: ReturnType<typeof borrow>['events']) =>
    all(events, 'InterestCharged').map((e) => e.kind)
  expect(at(borrow('1000').events)).toEqual(['ON_BORROW'])
  expect(at(exchange.pass(4 * 60_000).events)).toEqual([])
  expect(at(exchange.pass(31 * 60_000).events)).toEqual(['PERIODIC'])
  repay('1000.025')
  expect(at(exchange.pass(HOUR_MS).events)).toEqual([])
})

test('I3 R2 paid interest is split between lenders, fund and venue, and rounding has a name', () => {
  const { exchange, usdt, borrow, repay } = stage()
  const of = (account: keyof typeof VENUE_ACCOUNT) =>
    exchange.state.ledger.free(VENUE_ACCOUNT[account], usdt)
  const before = { fund: of('insuranceFund'), venue: of('venueIncome') }
  borrow('0.00000007')
  borrow('1')
  repay('1.00001258')
  expect(of('lendersDue')).toBe(1000n)
  expect(of('insuranceFund') - before.fund).toBe(125n)
  expect(of('venueIncome') - before.venue).toBe(125n)
  expect(of('rounding')).toBe(1n)
})

test('B3 an asset whose index is missing or old is not lent, and nothing divides by zero', () => {
  const { exchange, userId, borrow, order } = stage()
  const eth = exchange.asset('ETH')
  exchange.must({ type: 'SetIndexPrices', prices: [[eth, null]] })
  expect(borrow('1', eth).refusal).toEqual({
    reason: 'index_unavailable',
    asset: 'ETH',
    ageMs: null,
  })
  expect(order('BUY 1 ETHUSDT').refusal?.reason).toBe('index_unavailable')
  expect(order('BUY 1 ETHUSDT @ 2000', { sideEffect: 'MARGIN_BUY' }).refusal?.reason).toBe(
    'index_unavailable',
  )
  exchange.pass(60_001)
  expect(borrow('1', exchange.asset('BTC')).refusal).toMatchObject({
    reason: 'index_unavailable',
    ageMs: 60_001,
  })
  exchange.must(exchange.deposit(userId, 'CROSS_MARGIN', 'ETH', '5'))
  expect(exchange.ask('marginAccount', { userId }).standing.marginLevel).toBe('999')
})

test('L2 transfer out with debt leaves twice the debt, without debt leaves nothing', () => {
  const { exchange, userId, usdt, borrow, repay } = stage({ USDT: '14850' })
  borrow('5150')
  const max = exchange.ask('maxTransferable', { userId, asset: usdt })
  // Assets 20,000, debts 5,150 and an hour's interest.
  expect(max).toBe(amountOf('9699.87125'))
  const out = (sum: bigint) =>
    exchange.do({
      type: 'Transfer',
      userId,
      asset: usdt,
      amount: sum as never,
      from: 'CROSS_MARGIN',
      to: 'SPOT',
    }).refusal
  expect(out((max as bigint) + 1n)).toMatchObject({ reason: 'transfer_exceeds_max', max })
  repay('5150.064375')
  expect(out(amountOf('14849.935625'))).toBeNull()
})
