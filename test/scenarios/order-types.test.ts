import { expect, test } from 'vitest'
import type { PlaceOrder } from '../../src/core/domain/command.ts'
import type { Event, Outcome } from '../../src/core/domain/event.ts'
import type { UserId } from '../../src/core/domain/ids.ts'
import { amountOf, TestExchange } from '../../src/core/engine/test-exchange.ts'
import type { Lots } from '../../src/core/money/price.ts'
import { loadProfile } from '../../src/venue/profile.ts'

/** A spot market in BTC with 1 at 30,000 and 2 at 30,010 for sale, and a buyer with 100,000 USDT. */
function market(): { exchange: TestExchange; buyer: UserId } {
  const exchange = new TestExchange(loadProfile('classic'))
  exchange.prices({ BTC: '30000' })
  const seller = exchange.stranger({ SPOT: { BTC: '10' } })
  const buyer = exchange.stranger({ SPOT: { USDT: '100000' } })
  for (const text of ['SELL 1 BTCUSDT @ 30000', 'SELL 2 BTCUSDT @ 30010']) {
    exchange.must(exchange.order(seller, text, { wallet: 'SPOT' }))
  }
  return { exchange, buyer }
}

/** What an order came to: its trades as `quantity@price`, then how its rest ended, or that it rests. */
function told(exchange: TestExchange, { events, refusal }: Outcome): string {
  if (refusal !== null) return refusal.reason
  const symbol = exchange.symbol('BTCUSDT')
  const said = events.flatMap((event: Event) => {
    if (event.type === 'TradeExecuted') {
      const price = (BigInt(event.price) * symbol.tickSize) / 100_000_000n
      return [`${(event.lots * Number(symbol.stepSize)) / 1e8}@${price}`]
    }
    return event.type === 'OrderEnded' ? [event.status.toLowerCase()] : []
  })
  const open = exchange.ask('openOrders', {
    userId: 2 as UserId,
    wallet: 'SPOT',
    symbol: symbol.index,
  })
  return [...said, ...(open.length > 0 ? ['rests'] : [])].join(' ') || 'nothing'
}

test.each`
  order                      | timeInForce | outcome
  ${'BUY 1 BTCUSDT @ 29999'} | ${'GTC'}    | ${'rests'}
  ${'BUY 1 BTCUSDT @ 30000'} | ${'GTC'}    | ${'1@30000'}
  ${'BUY 2 BTCUSDT @ 30000'} | ${'GTC'}    | ${'1@30000 rests'}
  ${'BUY 2 BTCUSDT @ 30000'} | ${'IOC'}    | ${'1@30000 expired'}
  ${'BUY 1 BTCUSDT @ 29999'} | ${'IOC'}    | ${'expired'}
  ${'BUY 3 BTCUSDT @ 30010'} | ${'FOK'}    | ${'1@30000 2@30010'}
  ${'BUY 3 BTCUSDT @ 30009'} | ${'FOK'}    | ${'expired'}
  ${'BUY 1 BTCUSDT @ 30000'} | ${'FOK'}    | ${'1@30000'}
`('T1 T2 T3 $order, $timeInForce: $outcome', ({ order, timeInForce, outcome }) => {
  const { exchange, buyer } = market()
  const placed = exchange.do(exchange.order(buyer, order, { wallet: 'SPOT', timeInForce }))
  expect(told(exchange, placed)).toBe(outcome)
})

test('T3 a fill-or-kill order that could not be filled leaves the book as it was', () => {
  const { exchange, buyer } = market()
  const asks = () =>
    exchange.ask('depth', { symbol: exchange.symbol('BTCUSDT').index, side: 'SELL', levels: 9 })
  const before = asks()
  const order = 'BUY 3.00001 BTCUSDT @ 30010'
  exchange.do(exchange.order(buyer, order, { wallet: 'SPOT', timeInForce: 'FOK' }))
  expect(asks()).toEqual(before)
})

test.each`
  order                         | outcome
  ${'BUY 1 BTCUSDT @ 29999.99'} | ${'rests'}
  ${'BUY 1 BTCUSDT @ 30000'}    | ${'would_take'}
  ${'BUY 1 BTCUSDT @ 30000.01'} | ${'would_take'}
`('T4 post-only, $order: $outcome', ({ order, outcome }) => {
  const { exchange, buyer } = market()
  const options = { wallet: 'SPOT', orderType: 'LIMIT_MAKER' } as const
  const before = exchange.balance(buyer, 'SPOT', 'USDT')
  expect(told(exchange, exchange.do(exchange.order(buyer, order, options)))).toBe(outcome)
  if (outcome === 'would_take') expect(exchange.balance(buyer, 'SPOT', 'USDT')).toBe(before)
})

test.each`
  spend         | outcome
  ${'29999.99'} | ${'0.99999@30000'}
  ${'30000'}    | ${'1@30000'}
  ${'30000.30'} | ${'1@30000'}
  ${'30000.31'} | ${'1@30000 0.00001@30010'}
  ${'60000'}    | ${'1@30000 0.99966@30010'}
`('T5 a market order that spends $spend USDT buys whole lots: $outcome', ({ spend, outcome }) => {
  const { exchange, buyer } = market()
  const options: Partial<PlaceOrder> = {
    wallet: 'SPOT',
    lots: 0 as Lots,
    quoteQuantity: amountOf(spend),
  }
  const placed = exchange.do(exchange.order(buyer, 'BUY 1 BTCUSDT', options))
  expect(told(exchange, placed).replace(' expired', '')).toBe(outcome)
})

test('T5 a market order takes what there is, and its rest expires', () => {
  const { exchange, buyer } = market()
  exchange.must(exchange.deposit(buyer, 'SPOT', 'USDT', '1000000'))
  const placed = exchange.do(exchange.order(buyer, 'BUY 4 BTCUSDT', { wallet: 'SPOT' }))
  expect(told(exchange, placed)).toBe('1@30000 2@30010 expired')
})
