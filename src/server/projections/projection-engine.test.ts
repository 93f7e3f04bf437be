import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Command } from '../../core/domain/command.ts'
import type { UserId } from '../../core/domain/ids.ts'
import type { Order, Side } from '../../core/domain/order.ts'
import { apply } from '../../core/engine/engine.ts'
import { createState } from '../../core/engine/state.ts'
import { all, TestExchange } from '../../core/engine/test-exchange.ts'
import { OrderWorkload, orderVenue } from '../../sim/order-workload.ts'
import { Session } from '../../sim/session.ts'
import { loadProfile } from '../../venue/profile.ts'
import { Prng } from '../feed/prng.ts'
import { IN_MEMORY } from '../sql/sqlite.ts'
import type { OrderRecord } from './queries/orders.ts'
import { openReadModel } from './read-model.ts'

interface Step {
  readonly action: string
  readonly user: number
  readonly side: Side
  readonly away: number
  readonly quantity: number
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    action: fc.constantFrom(
      'spot',
      'margin',
      'margin',
      'market',
      'quote',
      'cancel',
      'hour',
      'crash',
    ),
    user: fc.nat(2),
    side: fc.constantFrom<Side>('BUY', 'SELL'),
    away: fc.integer({ min: -30, max: 30 }),
    quantity: fc.integer({ min: 1, max: 40 }),
  }),
  { minLength: 10, maxLength: 50 },
)

const INDEXES = { ETH: '2000', BNB: '300', SOL: '100' }

function commandOf(exchange: TestExchange, step: Step, userId: UserId): Command {
  const quantity = (step.quantity / 100).toFixed(2)
  const limit = `${step.side} ${quantity} BTCUSDT @ ${30_000 + step.away * 10}`
  const symbol = exchange.symbol('BTCUSDT').index
  if (step.action === 'spot') return exchange.order(userId, limit, { wallet: 'SPOT' })
  if (step.action === 'margin') {
    return exchange.order(userId, limit, { sideEffect: 'AUTO_BORROW_REPAY' })
  }
  if (step.action === 'market') {
    const sideEffect = 'AUTO_BORROW_REPAY'
    return exchange.order(userId, `${step.side} ${quantity} BTCUSDT`, { sideEffect })
  }
  return { type: 'CancelAllOrders', userId, wallet: 'CROSS_MARGIN', symbol }
}

/** A market maker and three users who do as the steps say. */
function played(taken: readonly Step[]): {
  exchange: TestExchange
  maker: UserId
  users: UserId[]
} {
  const exchange = new TestExchange(loadProfile('binance'))
  exchange.prices({ BTC: '30000', ...INDEXES })
  const maker = exchange.stranger({ SPOT: { BTC: '5000', USDT: '150000000' } })
  const users = [0, 1, 2].map(() =>
    exchange.user({ SPOT: { BTC: '5', USDT: '150000' }, CROSS_MARGIN: { USDT: '3000' } }),
  )
  const quote = (middle: number) =>
    exchange.quote(maker, 'BTCUSDT', [[`${middle - 10}`, '2']], [[`${middle + 10}`, '2']])
  quote(30_000)
  for (const step of taken) {
    if (step.action === 'quote') quote(30_000 + step.away * 10)
    else if (step.action === 'hour') exchange.pass(3_600_000)
    else if (step.action === 'crash') {
      exchange.prices({ BTC: `${30_000 + step.away * 400}`, ...INDEXES })
    } else exchange.do(commandOf(exchange, step, users[step.user] as UserId))
  }
  return { exchange, maker, users }
}

const shown = ({ accountId: _, locked: __, reservePrice: ___, ...order }: Readonly<Order>) => order
/** A stored order without what only an ended one has. */
const stored = ({ liquidationId: _, endCause: __, preventedMatchId: ___, ...order }: OrderRecord) =>
  order
const OPEN = ['PENDING_NEW', 'NEW', 'PARTIALLY_FILLED']

test('projection: after any commands its open orders and liquidations are the engine’s own', async () => {
  let liquidations = 0
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      const { exchange, maker, users } = played(taken)
      const replayed = createState()
      const outcomes = exchange.history.map((sequenced) => apply(replayed, sequenced))
      const { projector, queries } = await openReadModel({
        location: IN_MEMORY,
        history: 'one',
        quietUsers: new Set([maker]),
      })
      for (const outcome of outcomes) projector.offer(outcome)
      await projector.flush()

      const symbol = exchange.symbol('BTCUSDT').index
      for (const userId of users) {
        for (const wallet of ['SPOT', 'CROSS_MARGIN'] as const) {
          const scope = { userId, wallet, symbol }
          const orders = await queries.orders({ ...scope, limit: 1_000 })
          const open = orders.filter(({ status }) => OPEN.includes(status))
          expect(open.map(stored)).toEqual(exchange.ask('openOrders', scope).map(shown))
          const trades = await queries.trades({ ...scope, limit: 1_000 })
          for (const order of orders) {
            const own = trades.filter(({ orderId }) => orderId === order.id)
            expect(own.reduce((sum, { lots }) => sum + lots, 0)).toBe(order.executedLots)
            expect(own.reduce((sum, { quote }) => sum + quote, 0n)).toBe(order.executedQuote)
          }
        }
      }
      const quoted = await queries.orders({ userId: maker, wallet: 'SPOT', symbol, limit: 1_000 })
      expect(quoted.filter(({ executedLots }) => executedLots === 0)).toEqual([])

      const started = outcomes.flatMap(({ events }) => all(events, 'LiquidationStarted'))
      const running = exchange.ask('liquidations', {}).map(({ liquidationId }) => liquidationId)
      const found = await queries.liquidations(null, 1_000)
      expect(found.length).toBe(started.length)
      const unfinished = found.filter(({ finished }) => finished === null)
      expect(unfinished.map(({ liquidationId }) => liquidationId).sort()).toEqual(running.sort())
      liquidations += found.length
      await projector.close()
    }),
    { numRuns: 25, seed: 8 },
  )
  // The law would hold of nothing if none had happened.
  expect(liquidations).toBeGreaterThan(0)
})

test('T12 T16 projection: open orders and lists are the engine’s own under every kind of order', async () => {
  const seen = { orders: 0, lists: 0, amendments: 0, matches: 0 }
  for (const seed of [1, 2, 3, 4]) {
    const prng = new Prng(seed)
    const session = new Session(Date.UTC(2026, 0, 5))
    const { projector, queries } = await openReadModel({ location: IN_MEMORY, history: 'one' })
    session.observe((_, outcome) => projector.offer(outcome))
    session.submit({ type: 'OpenVenue', document: orderVenue(prng) })
    const venue = session.state.venue!
    const workload = new OrderWorkload(session, venue, prng)
    for (const command of workload.opening()) session.submit(command)
    while (session.commands < 500) session.submit(workload.next())
    await projector.flush()
    for (const { id: userId } of session.state.users) {
      for (const wallet of ['SPOT', 'CROSS_MARGIN'] as const) {
        const own = { userId, wallet }
        const lists = await queries.orderLists({ ...own, limit: 1_000 })
        const executing = lists.filter(({ status }) => status === 'EXECUTING')
        const expected = session.ask('openOrderLists', { ...own, symbol: null })
        expect(executing.map(({ id, orders }) => [id, orders])).toEqual(
          expected.map(({ id, orders }) => [id, orders]),
        )
        seen.lists += lists.length
        for (const { index: symbol } of venue.symbols) {
          const scope = { ...own, symbol }
          const orders = await queries.orders({ ...scope, limit: 1_000 })
          const open = orders.filter(({ status }) => OPEN.includes(status))
          expect(open.map(stored)).toEqual(session.ask('openOrders', scope).map(shown))
          seen.orders += open.length
          const matches = await queries.preventedMatches({ ...scope, limit: 1_000 })
          seen.matches += matches.length
          for (const order of orders) {
            const made = matches.filter((match) => match.makerOrderId === order.id)
            const took = matches.filter((match) => match.takerOrderId === order.id)
            const lots = [...made.map((m) => m.makerLots), ...took.map((m) => m.takerLots)]
            expect(lots.reduce((sum, each) => sum + each, 0)).toBe(order.preventedLots)
            if (order.amendments === 0) continue
            const amendments = await queries.amendments({ ...scope, orderId: order.id, limit: 99 })
            expect(amendments.length).toBe(order.amendments)
            expect(amendments.at(-1)?.lots).toBe(order.lots)
            seen.amendments += amendments.length
          }
        }
      }
    }
    await projector.close()
  }
  // The law would hold of nothing if none had happened.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0)
})
