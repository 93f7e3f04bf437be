import { expect, test } from 'vitest'
import type { Command } from '../../core/domain/command.ts'
import { CommandQueue, type Queued } from './command-queue.ts'
import { Overloaded } from './sequencer-error.ts'

const BATCH = 1_024

const order = (userId: number) => ({ type: 'PlaceOrder', userId }) as Command
const cancel = (userId: number) => ({ type: 'CancelOrder', userId }) as Command
const transfer = (from: unknown, to: unknown) =>
  ({ type: 'Transfer', userId: 2, from, to }) as Command
const PAIR = { pair: 0 }

/** Orders of user 1, as many as `count`, and then these commands. */
function flooded(count: number, ...commands: readonly Command[]): CommandQueue<Queued> {
  const queue = new CommandQueue<Queued>(20_000)
  for (let placed = 0; placed < count; placed += 1) push(queue, order(1))
  for (const command of commands) push(queue, command)
  return queue
}

function push(queue: CommandQueue<Queued>, command: Command): void {
  queue.push({ command, payload: Buffer.alloc(64) })
}

test.each<[string, Command, boolean]>([
  ['a cancellation', cancel(2), true],
  ['all cancellations', { type: 'CancelAllOrders', userId: 2 } as Command, true],
  ['a repayment', { type: 'Repay', userId: 2 } as Command, true],
  ['a deposit', { type: 'Deposit', userId: 2 } as Command, true],
  ['a transfer in', transfer('SPOT', 'CROSS_MARGIN'), true],
  ['a transfer into an isolated account', transfer('FUNDING', PAIR), true],
  ['a transfer between margin accounts', transfer('CROSS_MARGIN', PAIR), false],
  ['a price', { type: 'SetIndexPrices', prices: [] }, true],
  ['the clock', { type: 'AdvanceTime' }, true],
  ['a transfer out', transfer('CROSS_MARGIN', 'SPOT'), false],
  ['a transfer outside', transfer('SPOT', 'FUNDING'), false],
  ['a loan', { type: 'Borrow', userId: 2 } as Command, false],
  ['an order', order(2), false],
  ['a replacement', { type: 'CancelReplace', place: order(2) } as Command, false],
])('J13 behind more than a batch of orders, %s goes first: %o %s', (_, command, first) => {
  const queue = flooded(BATCH + 1, command)
  expect(queue.takeBatch()[0]?.command === command).toBe(first)
})

test('J13 behind a batch or less everything keeps its place', () => {
  const queue = flooded(BATCH - 1, cancel(2))
  expect(queue.takeBatch().at(-1)?.command).toEqual(cancel(2))
})

test('J13 no cancellation overtakes an order of the same user', () => {
  const queue = flooded(BATCH, order(2), cancel(2), cancel(3))
  const taken = [...queue.takeBatch(), ...queue.takeBatch()].map(({ command }) => command)
  expect(taken[0]).toEqual(cancel(3))
  expect(taken.slice(-2)).toEqual([order(2), cancel(2)])
})

test('J13 orders keep half of every batch', () => {
  const cancels = Array.from({ length: 2 * BATCH }, (_, index) => cancel(index + 2))
  const queue = flooded(2 * BATCH, ...cancels)
  const batch = queue.takeBatch()
  expect(batch).toHaveLength(BATCH)
  expect(batch.filter(({ command }) => command.type === 'PlaceOrder')).toHaveLength(BATCH / 2)
})

test('J13 where no order finds room, a repayment does, up to a bound', () => {
  const queue = new CommandQueue<Queued>(20)
  const repay = { type: 'Repay', userId: 2 } as Command
  for (let placed = 0; placed < 20; placed += 1) push(queue, order(1))
  expect(() => queue.checkRoom(order(1))).toThrow(Overloaded)
  for (let repaid = 0; repaid < 2; repaid += 1) {
    queue.checkRoom(repay)
    push(queue, repay)
  }
  expect(() => queue.checkRoom(repay)).toThrow(Overloaded)
})

test('a batch ends at a megabyte', () => {
  const queue = new CommandQueue<Queued>(20)
  for (let placed = 0; placed < 4; placed += 1)
    queue.push({ command: order(1), payload: Buffer.alloc(600_000) })
  expect(queue.takeBatch()).toHaveLength(2)
  expect(queue.takeAll()).toHaveLength(2)
})
