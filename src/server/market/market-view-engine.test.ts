import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Command } from '../../core/domain/command.ts'
import type { Outcome } from '../../core/domain/event.ts'
import type { Side } from '../../core/domain/order.ts'
import { TestExchange } from '../../core/engine/test-exchange.ts'
import type { Lots, Ticks } from '../../core/money/price.ts'
import { OrderWorkload, orderVenue } from '../../sim/order-workload.ts'
import { Session } from '../../sim/session.ts'
import { loadProfile } from '../../venue/profile.ts'
import { Prng } from '../feed/prng.ts'
import { MarketView } from './market-view.ts'

const steps = fc.array(
  fc.record({
    action: fc.constantFrom('limit', 'limit', 'maker', 'market', 'ioc', 'quote', 'cancel', 'crash'),
    user: fc.nat(2),
    side: fc.constantFrom<Side>('BUY', 'SELL'),
    away: fc.integer({ min: -30, max: 30 }),
    quantity: fc.integer({ min: 1, max: 40 }),
  }),
  { minLength: 10, maxLength: 60 },
)

type Step = {
  action: string
  user: number
  side: Side
  away: number
  quantity: number
}

test('the view’s depth is the engine’s own after any commands, quotes and liquidations included', () => {
  fc.assert(
    fc.property(steps, (taken) => {
      const exchange = new TestExchange(loadProfile('binance'))
      const view = new MarketView()
      const symbol = exchange.symbol('BTCUSDT')
      const follow = (command: Command): Outcome => {
        const outcome = exchange.do(command)
        view.apply(outcome, exchange.state.venue as NonNullable<typeof exchange.state.venue>)
        return outcome
      }
      const prices = (text: string) =>
        exchange.prices({ BTC: text, ETH: '2000', BNB: '300', SOL: '100' })
      prices('30000')
      const users = [0, 1, 2].map(() =>
        exchange.user({
          SPOT: { BTC: '5', USDT: '150000' },
          CROSS_MARGIN: { USDT: '3000' },
        }),
      )
      for (const step of taken) follow(commandOf(exchange, step, users[step.user] as never))
      for (const side of ['BUY', 'SELL'] as const) {
        const own = exchange.ask('depth', { symbol: symbol.index, side, levels: 5000 })
        const { bids, asks } = view.depth(symbol.index, 5000)
        expect(side === 'BUY' ? bids : asks).toEqual(own.map(([price, lots]) => [price, lots]))
      }
    }),
    { numRuns: 60 },
  )
})

test.each([1, 2, 3, 4, 5, 6])(
  'T7 T8 the view’s depth is the engine’s own after every command with icebergs, stops and lists, seed %d',
  (seed) => {
    const prng = new Prng(seed)
    const session = new Session(Date.UTC(2026, 0, 5))
    const view = new MarketView()
    session.observe((sequenced, outcome) => {
      const { venue } = session.state
      if (venue === null) return
      view.apply(outcome, venue)
      for (const { index } of venue.symbols) {
        const own = (side: Side) =>
          session.ask('depth', { symbol: index, side, levels: 5_000 }).map(([p, lots]) => [p, lots])
        const { bids, asks } = view.depth(index, 5_000)
        expect([sequenced.sequence, index, bids, asks]).toEqual([
          sequenced.sequence,
          index,
          own('BUY'),
          own('SELL'),
        ])
      }
    })
    session.submit({ type: 'OpenVenue', document: orderVenue(prng) })
    const workload = new OrderWorkload(session, session.state.venue!, prng)
    for (const command of workload.opening()) session.submit(command)
    while (session.commands < 500) session.submit(workload.next())
  },
)

function commandOf(exchange: TestExchange, step: Step, userId: never): Command {
  const price = (30_000 + step.away * 10).toFixed(2)
  const quantity = (step.quantity / 100).toFixed(2)
  const limit = `${step.side} ${quantity} BTCUSDT @ ${price}`
  switch (step.action) {
    case 'limit':
      return exchange.order(userId, limit, {
        wallet: step.user === 0 ? 'CROSS_MARGIN' : 'SPOT',
        sideEffect: step.user === 0 ? 'AUTO_BORROW_REPAY' : 'NO_SIDE_EFFECT',
        selfTradePrevention: step.away % 2 === 0 ? 'EXPIRE_MAKER' : 'EXPIRE_TAKER',
      })
    case 'maker':
      return exchange.order(userId, limit, { wallet: 'SPOT', orderType: 'LIMIT_MAKER' })
    case 'market':
      return exchange.order(userId, `${step.side} ${quantity} BTCUSDT`, { wallet: 'SPOT' })
    case 'ioc':
      return exchange.order(userId, limit, { wallet: 'SPOT', timeInForce: 'IOC' })
    case 'cancel':
      return {
        type: 'CancelAllOrders',
        userId,
        wallet: 'SPOT',
        symbol: exchange.symbol('BTCUSDT').index,
      }
    case 'crash':
      return {
        type: 'SetIndexPrices',
        prices: [[exchange.asset('BTC'), (BigInt(30_000 + step.away * 400) * 10n ** 8n) as never]],
      }
    default:
      return quoteOf(exchange, step, userId)
  }
}

function quoteOf(exchange: TestExchange, step: Step, userId: never): Command {
  const symbol = exchange.symbol('BTCUSDT')
  const middle = Number((BigInt(30_000 + step.away) * 10n ** 8n) / symbol.tickSize)
  const lots = Number((BigInt(step.quantity) * 10n ** 6n) / symbol.stepSize) as Lots
  const level = (distance: number) => [(middle + distance * 1000) as Ticks, lots] as const
  return {
    type: 'MassQuote',
    userId,
    symbol: symbol.index,
    bids: [level(-1), level(-2), level(-3)],
    asks: [level(1), level(2), level(3)],
  }
}
