import { expect, test } from 'vitest'
import type { UserId } from '../../core/domain/ids.ts'
import type { Delivery } from './delivery.ts'
import { afterAttempt } from './delivery.ts'

const NEW: Delivery = {
  noticeId: '7-0',
  channel: 'WEBHOOK',
  userId: 1 as UserId,
  payload: '{}',
  state: 'PENDING',
  attempts: 0,
  createdMs: 0,
  nextMs: 0,
  doneMs: null,
  error: null,
}
const HOUR_MS = 3_600_000

test.each([
  [0, 5_000],
  [1, 10_000],
  [2, 20_000],
  [9, 2_560_000],
  [10, HOUR_MS],
  [40, HOUR_MS],
])('N3 after %i failures and one more the pause is %i ms', (attempts, pauseMs) => {
  const failed = afterAttempt({ ...NEW, attempts }, 1_000, 'it answered 500')
  expect(failed).toMatchObject({
    state: 'PENDING',
    attempts: attempts + 1,
    nextMs: 1_000 + pauseMs,
    error: 'it answered 500',
  })
})

test.each([
  [72 * HOUR_MS - 1, 'PENDING'],
  [72 * HOUR_MS, 'FAILED'],
])('N3 a delivery that fails %i ms after its notice is %s', (nowMs, state) => {
  const failed = afterAttempt({ ...NEW, attempts: 80 }, nowMs, 'no')
  expect(failed.state).toBe(state)
  expect(failed.nextMs === null).toBe(state === 'FAILED')
})

test('N3 one that arrived is done', () => {
  const earlier = { ...NEW, attempts: 3, error: 'no' }
  const done = { state: 'DELIVERED', attempts: 4, nextMs: null, doneMs: 9, error: null }
  expect(afterAttempt(earlier, 9, null)).toMatchObject(done)
})
