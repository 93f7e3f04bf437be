import { expect, test } from 'vitest'
import type { StreamInterval } from './interval.ts'
import {
  closeTimeOf,
  INTERVALS,
  openTimeOf,
  STREAM_INTERVALS,
  shiftedInterval,
} from './interval.ts'

const NOON = Date.UTC(2026, 1, 18, 12, 34, 56, 789)

test.each<[StreamInterval, string, string]>([
  ['1s', '2026-02-18T12:34:56.000Z', '2026-02-18T12:34:56.999Z'],
  ['1m', '2026-02-18T12:34:00.000Z', '2026-02-18T12:34:59.999Z'],
  ['15m', '2026-02-18T12:30:00.000Z', '2026-02-18T12:44:59.999Z'],
  ['8h', '2026-02-18T08:00:00.000Z', '2026-02-18T15:59:59.999Z'],
  ['1d', '2026-02-18T00:00:00.000Z', '2026-02-18T23:59:59.999Z'],
  ['1w', '2026-02-16T00:00:00.000Z', '2026-02-22T23:59:59.999Z'],
  ['1M', '2026-02-01T00:00:00.000Z', '2026-02-28T23:59:59.999Z'],
  ['6h@+08:00', '2026-02-18T10:00:00.000Z', '2026-02-18T15:59:59.999Z'],
  ['1d@+08:00', '2026-02-17T16:00:00.000Z', '2026-02-18T15:59:59.999Z'],
  ['1w@+08:00', '2026-02-15T16:00:00.000Z', '2026-02-22T15:59:59.999Z'],
  ['1M@+08:00', '2026-01-31T16:00:00.000Z', '2026-02-28T15:59:59.999Z'],
])('a %s candle opens at %s and ends at %s', (interval, open, close) => {
  const openTimeMs = openTimeOf(interval, NOON)
  expect(new Date(openTimeMs).toISOString()).toBe(open)
  expect(new Date(closeTimeOf(interval, openTimeMs)).toISOString()).toBe(close)
})

test('the first millisecond of a candle is its own, the one before is not', () => {
  const monday = Date.UTC(2026, 1, 16)
  expect(openTimeOf('1w', monday)).toBe(monday)
  expect(openTimeOf('1w', monday - 1)).toBe(Date.UTC(2026, 1, 9))
  const january = Date.UTC(2026, 0, 1)
  expect(openTimeOf('1M', january)).toBe(january)
  expect(openTimeOf('1M', january - 1)).toBe(Date.UTC(2025, 11, 1))
})

test('what falls at +08:00 as it does by UTC is the same candle', () => {
  const shiftMs = 8 * 3_600_000
  for (const interval of INTERVALS) {
    const cut = shiftedInterval(interval)
    expect(STREAM_INTERVALS).toContain(cut)
    for (let timeMs = NOON; timeMs < NOON + 40 * 86_400_000; timeMs += 5_400_001)
      expect(openTimeOf(cut, timeMs)).toBe(openTimeOf(interval, timeMs + shiftMs) - shiftMs)
  }
})
