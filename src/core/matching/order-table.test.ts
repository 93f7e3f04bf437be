import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { OrderId } from '../domain/ids.ts'
import { NONE } from './columns.ts'
import { OrderTable, SLOT_BITS, WORDS } from './order-table.ts'

const GENERATION = 2 ** SLOT_BITS

/** A table that has handed out so many ids and has none of them open. */
function usedTable(orders: number): OrderTable {
  const table = new OrderTable()
  for (let order = 0; order < orders; order += 1) table.close(table.open())
  return table
}

test.each([
  // orders before, the next id
  [0, 1],
  [1, 2],
  [4_094, 4_095],
  [4_095, GENERATION],
  [4_096, GENERATION + 1],
  [4_095 + 4_096, 2 * GENERATION],
  [4_095 + 100 * 4_096, 101 * GENERATION],
])('T24 after %s orders, all closed, the next is %s', (orders, next) => {
  const table = usedTable(orders)
  expect(table.open()).toBe(next)
  expect([table.lastId, table.count, table.capacity]).toEqual([next, 1, 4_096])
  table.assertSound()
})

test('T24 ids rise, and each is found at its slot until it closes', () => {
  const table = new OrderTable()
  const open: OrderId[] = []
  let last = 0
  for (let step = 0; step < 30_000; step += 1) {
    const id = table.open()
    expect(id).toBeGreaterThan(last)
    last = id
    open.push(id)
    expect([table.slotOf(id), table.has(id)]).toEqual([id % GENERATION, true])
    // What remains open lies about in patches that the hand must pass.
    if (step % 7 !== 0) table.close(open.splice((step * 31) % open.length, 1)[0] as OrderId)
  }
  expect(table.count).toBe(open.length)
  expect(open.every((id) => table.has(id))).toBe(true)
  table.assertSound()
})

test.each([
  [3_071, 4_096],
  [3_072, 4_096],
  [3_073, 8_192],
  [6_144, 8_192],
  [6_145, 16_384],
])('with %s orders open it has %s slots, and keeps what they hold', (orders, capacity) => {
  const table = new OrderTable()
  for (let order = 1; order <= orders; order += 1) {
    const slot = table.slotOf(table.open())
    table.price[slot * WORDS] = order
  }
  expect(table.capacity).toBe(capacity)
  const kept = Array.from({ length: orders }, (_, n) => table.price[(n + 1) * WORDS])
  expect(kept.every((price, n) => price === n + 1)).toBe(true)
  table.assertSound()
})

test('the slots that doubling adds come before the generation rises', () => {
  const table = usedTable(4_095 + 3_000)
  const ids = Array.from({ length: 3_073 }, () => table.open())
  expect(ids[0]).toBe(GENERATION + 3_000)
  expect(ids[1_096]).toBe(2 * GENERATION)
  // So far the slots were 4,096. The hand has yet to pass 1,977 to 2,999, which are free, and what was added.
  expect(ids[3_072]).toBe(2 * GENERATION + 1_976)
  for (let order = 0; order < 1_023 + 4_096; order += 1) table.close(table.open())
  expect(table.lastId).toBe(2 * GENERATION + 8_191)
  table.assertSound()
})

test.each([
  ['0', 0],
  ['negative', -1],
  ['not whole', 1.5],
  ['not a number', Number.NaN],
  ['of another generation', GENERATION + 1],
  ['of the same low bits beyond 32', 2 ** 32 + 1],
  ['of a slot that is free', 2],
  ['of a slot beyond the last', 4_096],
])('an id that is %s is not open', (_, id) => {
  const table = new OrderTable()
  table.open()
  expect([table.slotOf(id as OrderId), table.has(id as OrderId)]).toEqual([NONE, false])
  expect(() => table.close(id as OrderId)).toThrow('the order is open')
})

test('an id is closed once, and whatever comes into its slot has another', () => {
  const table = new OrderTable()
  const id = table.open()
  table.close(id)
  expect(() => table.close(id)).toThrow('the order is open')
  for (let order = 0; order < 4_095; order += 1) table.close(table.open())
  const successor = table.open()
  expect(table.slotOf(successor)).toBe(1)
  expect(table.has(id)).toBe(false)
})

test('an order that rests is not closed', () => {
  const table = new OrderTable()
  const id = table.open()
  table.level[table.slotOf(id) * WORDS] = 0
  expect(() => table.close(id)).toThrow('leaves its book before it closes')
})

test('T24 a table restored, at any moment, hands out the same ids', () => {
  const steps = fc.array(fc.oneof(fc.constant(-1), fc.nat(10_000)), { maxLength: 400 })
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 30_000 }), steps, steps, (used, before, after) => {
      const table = usedTable(used)
      const open: OrderId[] = []
      play([table], open, before)
      const copy = new OrderTable()
      copy.restore(table.lastId, table.capacity)
      for (const id of [...open].reverse()) copy.reopen(id)
      copy.assertSound()
      play([table, copy], open, after)
      expect([copy.lastId, copy.count, copy.capacity]).toEqual([
        table.lastId,
        table.count,
        table.capacity,
      ])
    }),
    { numRuns: 40 },
  )
})

/** Opens a few orders at −1, and otherwise closes one of those open, in all the tables alike. */
function play(tables: readonly OrderTable[], open: OrderId[], steps: readonly number[]): void {
  for (const step of steps) {
    if (step === -1) {
      for (let order = 0; order < 9; order += 1) {
        const ids = tables.map((table) => table.open())
        expect(new Set(ids).size).toBe(1)
        open.push(ids[0] as OrderId)
      }
    } else if (open.length > 0) {
      const [id] = open.splice(step % open.length, 1)
      for (const table of tables) table.close(id as OrderId)
    }
  }
}

test.each<[string, (table: OrderTable) => unknown, string]>([
  ['used before', (table) => [table.open(), table.restore(9, 4_096)], 'before it is used'],
  ['with too few slots', (table) => table.restore(9, 2_048), 'no fewer than at the beginning'],
  ['with an odd number of slots', (table) => table.restore(9, 5_000), 'a power of two'],
  ['with too many slots', (table) => table.restore(9, 2 ** 27), 'a power of two'],
  ['to an id without a slot', (table) => table.restore(4_096, 4_096), 'has a slot'],
  [
    'with an order that comes later',
    (table) => [table.restore(9, 4_096), table.reopen(10 as OrderId)],
    'the order was open',
  ],
  [
    'with an order twice',
    (table) => [table.restore(9, 4_096), table.reopen(5 as OrderId), table.reopen(5 as OrderId)],
    'a slot to itself',
  ],
])('a table restored %s is a bug', (_, restore, claim) => {
  expect(() => restore(new OrderTable())).toThrow(claim)
})

test('the last id of all is a safe integer', () => {
  const table = new OrderTable()
  table.restore((2 ** 27 - 1) * GENERATION + 4_094, 4_096)
  expect(table.open()).toBe((2 ** 27 - 1) * GENERATION + 4_095)
  expect(() => table.open()).toThrow('a safe integer')
})
