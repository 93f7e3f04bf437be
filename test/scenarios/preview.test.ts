import { expect, test } from 'vitest'
import type { PlaceOrder, TradingWallet } from '../../src/core/domain/command.ts'
import type { UserId } from '../../src/core/domain/ids.ts'
import type { OrderType } from '../../src/core/domain/order.ts'
import { SIDE_EFFECTS, TIMES_IN_FORCE } from '../../src/core/domain/order.ts'
import { crossOf } from '../../src/core/engine/margin-account.ts'
import { accountStanding } from '../../src/core/engine/preview-order.ts'
import { encodeState } from '../../src/core/engine/snapshot.ts'
import { userOf } from '../../src/core/engine/state.ts'
import { bigintText, TestExchange } from '../../src/core/engine/test-exchange.ts'
import { VENUE_ACCOUNT } from '../../src/core/ledger/chart.ts'
import type { Amount } from '../../src/core/money/amount.ts'
import { AMOUNT_MAX } from '../../src/core/money/amount.ts'
import type { Lots, Ticks } from '../../src/core/money/price.ts'
import { Prng } from '../../src/server/feed/prng.ts'
import { loadProfile } from '../../src/venue/profile.ts'

const SEED = Number(process.env['SEED'] ?? 20_260)
/** 10,000 were run; so many run every time. */
const ORDERS = Number(process.env['PREVIEWS'] ?? 1_000)
const BASE_PRICE = { BTCUSDT: 30_000, ETHUSDT: 2_000, ETHBTC: 0.0667 }

/** Two-sided books a few levels deep, around the index. */
function quoteBooks(exchange: TestExchange, maker: UserId): void {
  for (const [name, price] of Object.entries(BASE_PRICE)) {
    const symbol = exchange.symbol(name)
    const at = (factor: number) => {
      const ticks = Math.round((price * factor * 1e8) / Number(symbol.tickSize))
      return ((ticks * Number(symbol.tickSize)) / 1e8).toFixed(8)
    }
    const size = (20_000 / (name === 'ETHBTC' ? 2_000 : price)).toFixed(3)
    const levels = [0.001, 0.002, 0.004]
    exchange.quote(
      maker,
      name,
      levels.map((step) => [at(1 - step), size]),
      levels.map((step) => [at(1 + step), size]),
    )
  }
}

function randomOrder(exchange: TestExchange, prng: Prng, userId: UserId): PlaceOrder {
  const pick = <T>(list: readonly T[]): T => list[prng.below(list.length)] as T
  const name = pick(Object.keys(BASE_PRICE) as (keyof typeof BASE_PRICE)[])
  const symbol = exchange.symbol(name)
  const orderType = pick<OrderType>(['LIMIT', 'LIMIT_MAKER', 'MARKET'])
  const market = orderType === 'MARKET'
  const byQuote = market && prng.below(4) === 0
  const price = Math.round(
    (BASE_PRICE[name] * (0.99 + prng.below(2_000) / 100_000) * 1e8) / Number(symbol.tickSize),
  )
  const usdt = 10 + prng.below(30_000)
  const lots = Math.max(
    1,
    Math.round(
      (usdt / (name === 'ETHBTC' ? 2_000 : BASE_PRICE[name])) * (1e8 / Number(symbol.stepSize)),
    ),
  )
  const quote = name === 'ETHBTC' ? usdt / 30_000 : usdt
  return {
    ...exchange.order(userId, `BUY 1 ${name}`),
    wallet: (prng.below(10) === 0 ? 'SPOT' : 'CROSS_MARGIN') satisfies TradingWallet,
    side: pick(['BUY', 'SELL'] as const),
    orderType,
    timeInForce: orderType === 'LIMIT' ? pick(TIMES_IN_FORCE) : 'GTC',
    price: (market ? 0 : price) as Ticks,
    lots: (byQuote ? 0 : lots) as Lots,
    quoteQuantity: (byQuote ? BigInt(Math.round(quote * 1e8)) : 0n) as Amount,
    sideEffect: pick(SIDE_EFFECTS),
    autoRepayAtCancel: prng.below(3) > 0,
  }
}

test(`B2 B4 B5 P3 preview equals outcome, string for string, for ${ORDERS} seeded random orders`, () => {
  const prng = new Prng(SEED)
  const exchange = new TestExchange(loadProfile('classic'))
  exchange.prices({ BTC: '30000', ETH: '2000' })
  const funds = { USDT: '20000000', BTC: '500', ETH: '5000' }
  const maker = exchange.stranger({ SPOT: funds })
  let userId = exchange.user({ SPOT: { USDT: '100000' }, CROSS_MARGIN: { USDT: '60000' } })
  let accepted = 0
  for (let n = 0; n < ORDERS; n += 1) {
    if (n % 5 === 0) quoteBooks(exchange, maker)
    if (n % 100 === 99)
      userId = exchange.user({
        SPOT: { BTC: '2', USDT: '9000' },
        CROSS_MARGIN: { USDT: '60000', BTC: '0.5' },
      })
    const place = randomOrder(exchange, prng, userId)
    const before = encodeState(exchange.state)
    const preview = exchange.ask('previewOrder', { place })
    expect(Buffer.compare(encodeState(exchange.state), before), 'a preview changes nothing').toBe(0)

    const outcome = exchange.do(place)
    const user = userOf(exchange.state, userId)
    if (user === undefined) throw new Error('the user is there')
    const standing = accountStanding(
      exchange.state,
      crossOf(exchange.state, user),
      exchange.symbol(exchange.state.venue?.symbols[place.symbol]?.symbol ?? '').base,
    )
    expect(JSON.stringify(preview.refusal, bigintText)).toBe(
      JSON.stringify(outcome.refusal, bigintText),
    )
    expect(preview.after ?? preview.before, `order ${n} of seed ${SEED}`).toEqual(standing)
    if (outcome.refusal !== null) continue
    accepted += 1
    const loan = outcome.events.find((e) => e.type === 'LoanTaken')
    expect(preview.borrow?.amount).toBe(loan?.type === 'LoanTaken' ? loan.amount : undefined)
    let fee = 0n
    let repaid = 0n
    for (const event of outcome.events) {
      if (event.type === 'TradeExecuted') fee += event.taker.fee
    }
    expect(preview.fee?.amount ?? 0n).toBe(fee)
    for (const event of outcome.events) {
      if (event.type === 'LoanRepaid' && event.userId === userId)
        repaid += event.interest + event.principal
    }
    expect(repaid).toBeGreaterThanOrEqual(preview.repay?.amount ?? 0n)
  }
  expect(accepted).toBeGreaterThan(ORDERS / 4)
}, 600_000)

test('V2 however much was deposited, up to the last unit, orders are previewed and placed', () => {
  const exchange = new TestExchange(loadProfile('classic'))
  exchange.prices({ BTC: '30000' })
  const asset = exchange.asset('USDT')
  const whale = exchange.stranger({})
  const outside = -exchange.state.ledger.free(VENUE_ACCOUNT.external, asset)
  const room = AMOUNT_MAX / 2n - outside
  const deposit = (amount: bigint) =>
    exchange.do({
      type: 'Deposit',
      userId: whale,
      wallet: 'SPOT',
      asset,
      amount: amount as Amount,
    }).refusal
  expect(deposit(room + 1n)).toEqual({ reason: 'amount_too_large' })
  expect(deposit(room)).toBeNull()
  expect(deposit(1n)).toEqual({ reason: 'amount_too_large' })
  const userId = exchange.user({ CROSS_MARGIN: { BTC: '2' } })
  const place = exchange.order(userId, 'SELL 1 BTCUSDT @ 31000')
  expect(exchange.ask('previewOrder', { place }).refusal).toBeNull()
  expect(exchange.do(place).refusal).toBeNull()
})
