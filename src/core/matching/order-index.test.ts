import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OrderIndex } from './order-index.ts'
import { NONE, OrderSlab } from './order-slab.ts'

/** Ids whose low words are few, so that they collide and their probes overlap. */
const ids = fc.tuple(fc.nat(40), fc.nat(5)).map(([low, high]) => low + high * 2 ** 32)

test('finds what was added and not removed, through every collision', () => {
  fc.assert(
    fc.property(fc.array(ids, { maxLength: 900 }), (steps) => {
      const orders = new OrderSlab()
      const index = new OrderIndex(orders)
      const slots = new Map<number, number>()
      for (const id of steps) {
        const slot = slots.get(id)
        expect(index.find(id)).toBe(slot ?? NONE)
        if (slot === undefined) {
          const taken = orders.allocate()
          orders.id[taken] = id
          index.add(taken)
          slots.set(id, taken)
        } else {
          index.remove(slot)
          orders.release(slot)
          slots.delete(id)
        }
      }
      for (const [id, slot] of slots) expect(index.find(id)).toBe(slot)
      expect([index.count, orders.count]).toEqual([slots.size, slots.size])
    }),
  )
})

test('grows with its orders and empties again', () => {
  const orders = new OrderSlab()
  const index = new OrderIndex(orders)
  const slots = Array.from({ length: 5_000 }, (_, n) => {
    const slot = orders.allocate()
    orders.id[slot] = n * 7 + 1
    index.add(slot)
    return slot
  })
  expect(slots.every((slot, n) => index.find(n * 7 + 1) === slot)).toBe(true)
  for (const slot of slots) {
    index.remove(slot)
    orders.release(slot)
  }
  expect(slots.some((_, n) => index.find(n * 7 + 1) !== NONE)).toBe(false)
  expect([index.count, orders.count]).toEqual([0, 0])
})

test('an id added twice is a bug', () => {
  const orders = new OrderSlab()
  const index = new OrderIndex(orders)
  const [first, second] = [orders.allocate(), orders.allocate()]
  orders.id[first] = 5
  orders.id[second] = 5
  index.add(first)
  expect(() => index.add(second)).toThrow('an order id rests once')
})
