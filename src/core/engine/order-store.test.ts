import { expect, test } from 'vitest'
import type { AccountId, OrderId, SymbolIndex } from '../domain/ids.ts'
import type { Order, Side } from '../domain/order.ts'
import { OrderTable } from '../matching/order-table.ts'
import type { Lots, Ticks } from '../money/price.ts'
import { TICKS_LIMIT } from '../money/price.ts'
import { OrderStore } from './order-store.ts'

const ALICE = 8 as AccountId
const BOB = 11 as AccountId
const BTCUSDT = 0 as SymbolIndex
const ETHUSDT = 1 as SymbolIndex

function order(id: number, more: Partial<Order> = {}): Order {
  return {
    id: id as OrderId,
    clientOrderId: `order-${id}`,
    accountId: ALICE,
    symbol: BTCUSDT,
    side: 'BUY',
    price: 100 as Ticks,
    lots: 10 as Lots,
    executedLots: 0 as Lots,
    preventedLots: 0 as Lots,
    icebergLots: 0 as Lots,
    type: 'LIMIT',
    stage: 'WORKING',
    ...more,
  } as Order
}

function storeOf(...orders: Order[]): OrderStore {
  const store = new OrderStore(new OrderTable())
  for (const each of orders) add(store, each)
  return store
}

function add(store: OrderStore, each: Order): void {
  expect(store.table.open()).toBe(each.id)
  store.open(each)
  store.commit(each)
}

const ids = (orders: Iterable<Order>) => [...orders].map(({ id }) => id)

test('an account lists its orders oldest first, whichever of them leaves', () => {
  for (const leaving of [1, 2, 3]) {
    const orders = [order(1), order(2), order(3), order(4, { accountId: BOB })]
    const store = storeOf(...orders)
    store.close(store.get(leaving as OrderId))
    expect(ids(store.of(ALICE))).toEqual([1, 2, 3].filter((id) => id !== leaving))
    expect(ids(store.of(BOB))).toEqual([4])
    expect([store.countOf(ALICE), store.size]).toEqual([2, 3])
    add(store, order(5))
    expect(ids(store.of(ALICE)).at(-1)).toBe(5)
  }
})

test.each([
  ['its id', { orderId: 1, clientOrderId: null }, 1],
  ['its client id', { orderId: null, clientOrderId: 'order-2' }, 2],
  ['both, and the id decides', { orderId: 1, clientOrderId: 'order-2' }, 1],
  ['an id of another account', { orderId: 3, clientOrderId: null }, undefined],
  ['an id of another symbol', { orderId: 4, clientOrderId: null }, undefined],
  ['nothing', { orderId: null, clientOrderId: null }, undefined],
])('an order is found by %s', (_what, reference, found) => {
  const others = [order(3, { accountId: BOB }), order(4, { symbol: ETHUSDT })]
  const store = storeOf(order(1), order(2), ...others)
  expect(store.find(ALICE, BTCUSDT, reference as never)?.id).toBe(found)
})

test('V9 a client id is taken once in an account while its order is open, and may be in another', () => {
  const store = storeOf(order(1, { clientOrderId: 'mine' }))
  add(store, order(2, { clientOrderId: 'mine', accountId: BOB }))
  expect(() => add(store, order(3, { clientOrderId: 'mine' }))).toThrow('V9')
  store.close(store.get(1 as OrderId))
  expect(store.byClientId(ALICE, 'mine')).toBe(undefined)
  expect(store.byClientId(BOB, 'mine')?.id).toBe(2)
})

test('a side sums what rests on it and bounds its prices until it is empty', () => {
  const dear = order(1, { price: 120 as Ticks })
  const cheap = order(2, { price: 80 as Ticks, lots: 5 as Lots })
  const store = storeOf(dear, cheap, order(3, { side: 'SELL' }))
  const { commitments } = store
  const side = (name: Side) => {
    const record = commitments.find(ALICE, BTCUSDT)
    const cheapest = commitments.cheapest(record, name)
    return [name, commitments.lots(record, name), cheapest, commitments.dearest(record, name)]
  }
  const sides = () => [side('BUY'), side('SELL')].filter(([, lots]) => lots !== 0)
  expect(sides()).toEqual([
    ['BUY', 15, 80, 120],
    ['SELL', 10, 100, 100],
  ])
  store.noteLess(dear, 4 as Lots)
  dear.executedLots = 4 as Lots
  store.close(dear)
  expect(sides()[0]).toEqual(['BUY', 5, 80, 120])
  store.close(cheap)
  expect(sides()).toEqual([['SELL', 10, 100, 100]])
  expect(side('BUY')).toEqual(['BUY', 0, TICKS_LIMIT, 0])
  add(store, order(4, { price: 90 as Ticks }))
  expect(sides()[0]).toEqual(['BUY', 10, 90, 90])
})
