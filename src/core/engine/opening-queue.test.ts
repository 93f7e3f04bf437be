import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { OrderId } from '../domain/ids.ts'
import { OpeningQueue } from './opening-queue.ts'

test('whatever is opened and ended, what is open comes in the order of its opening', () => {
  const steps = fc.array(fc.oneof(fc.constant('open'), fc.nat(1_000)), { maxLength: 600 })
  fc.assert(
    fc.property(steps, (taken) => {
      const open = new Set<OrderId>()
      const queue = new OpeningQueue((id) => open.has(id))
      let last = 0
      for (const step of taken) {
        if (step === 'open') {
          last += 1
          open.add(last as OrderId)
          queue.push(last as OrderId)
        } else {
          const ended = [...open][step as number]
          if (ended !== undefined) open.delete(ended)
        }
        expect(queue.oldest()).toBe([...open][0])
      }
      expect([...queue.all()]).toEqual([...open])
    }),
  )
})

test('ended orders do not make it grow without end', () => {
  const open = new Set<OrderId>()
  const queue = new OpeningQueue((id) => open.has(id))
  open.add(1 as OrderId)
  queue.push(1 as OrderId)
  for (let id = 2; id < 100_000; id += 1) queue.push(id as OrderId)
  expect(queue.oldest()).toBe(1)
  expect([...queue.all()]).toEqual([1])
  expect(queue.capacity).toBeLessThanOrEqual(64)
})
