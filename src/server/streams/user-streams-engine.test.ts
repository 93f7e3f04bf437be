import { expect, test } from 'vitest'
import type { UserId } from '../../core/domain/ids.ts'
import type { Order } from '../../core/domain/order.ts'
import type { Venue } from '../../core/domain/venue.ts'
import { OrderWorkload, orderVenue } from '../../sim/order-workload.ts'
import { Session } from '../../sim/session.ts'
import { lotsText } from '../../wire/number-text.ts'
import type { ExecutionReport, ListStatus, UserPayload } from '../../wire/user-stream.ts'
import { Prng } from '../feed/prng.ts'
import { UserStreams } from './user-streams.ts'

const ENDS = ['FILLED', 'CANCELED', 'EXPIRED', 'EXPIRED_IN_MATCH']

/** What a client knows of one account from its stream alone. */
class Follower {
  readonly orders = new Map<number, ExecutionReport>()
  readonly lists = new Map<number, ListStatus>()
  /** What no client should be told. */
  readonly wrong: string[] = []

  take(frame: UserPayload): void {
    if (frame.e === 'listStatus') {
      if (frame.l === 'ALL_DONE') this.lists.delete(frame.g)
      else this.lists.set(frame.g, frame)
      if (frame.O.some(({ c }) => c === '')) this.wrong.push(`list ${frame.g} has a nameless order`)
    }
    if (frame.e !== 'executionReport') return
    const known = this.orders.get(frame.i)
    const first = frame.x === 'NEW' && frame.O === frame.T
    if (known === undefined && !first) this.wrong.push(`order ${frame.i} begins with ${frame.x}`)
    if (frame.x === 'TRADE_PREVENTION' && frame.v === undefined)
      this.wrong.push(`order ${frame.i} was prevented by no match`)
    if ((frame.X === 'EXPIRED') !== (frame.eR !== undefined))
      this.wrong.push(`order ${frame.i} is ${frame.X} and says ${frame.eR}`)
    if (ENDS.includes(frame.X)) this.orders.delete(frame.i)
    else this.orders.set(frame.i, frame)
  }
}

function expected(order: Readonly<Order>, { symbols }: Venue) {
  const symbol = symbols[order.symbol]!
  const { id, clientOrderId, status, stage, workingMs } = order
  const executed = lotsText(symbol, order.executedLots)
  const working = stage === 'WORKING'
  return [id, clientOrderId, status, lotsText(symbol, order.lots), executed, working, workingMs]
}

test.each([1, 2, 3, 4])(
  'T8 T12 T16 who follows the stream knows the open orders and lists as the engine does, seed %d',
  (seed) => {
    const prng = new Prng(seed)
    const session = new Session(Date.UTC(2026, 0, 5))
    session.submit({ type: 'OpenVenue', document: orderVenue(prng) })
    const venue = session.state.venue!
    const streams = new UserStreams({ ask: (name, question) => session.ask(name, question) })
    session.observe((_, outcome) => streams.apply(outcome, venue))
    const workload = new OrderWorkload(session, venue, prng)
    for (const command of workload.opening()) session.submit(command)
    const followers = [2, 3, 4, 5].flatMap((user) =>
      (['SPOT', 'CROSS_MARGIN'] as const).map((wallet) => {
        const follower = new Follower()
        const account = { userId: user as UserId, wallet, symbol: null }
        streams.listen(account.userId, wallet, (text) => follower.take(JSON.parse(text)))
        return { follower, account }
      }),
    )
    while (session.commands < 500) session.submit(workload.next())
    for (const { follower, account } of followers) {
      expect(follower.wrong).toEqual([])
      const open = [...follower.orders.values()].sort((a, b) => a.i - b.i)
      expect(open.map(({ i, c, X, q, z, w, W }) => [i, c, X, q, z, w, W ?? null])).toEqual(
        session.ask('openOrders', account).map((order) => expected(order, venue)),
      )
      const lists = session.ask('openOrderLists', account)
      expect([...follower.lists.values()].map(({ g, O }) => [g, O.map(({ i }) => i)])).toEqual(
        lists.map(({ id, orders }) => [id, orders]),
      )
    }
  },
)
