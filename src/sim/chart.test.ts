import { expect, test } from 'vitest'
import { drawChart, roundTimes, ticksBetween } from './chart.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const NOON = Date.UTC(2024, 7, 4, 12)

test.each([
  ['an hour', HOUR_MS, ['12:10', '12:20', '12:30', '12:40', '12:50']],
  ['a day from noon', DAY_MS, ['15:00', '18:00', '21:00', '00:00', '03:00', '06:00', '09:00']],
  ['three days', 3 * DAY_MS, ['00:00', '12:00', '00:00', '12:00', '00:00']],
])('the time axis of %s has round times', (_name, spanMs, expected) => {
  const marks = roundTimes(NOON, NOON + spanMs)
  expect(marks.map((at) => new Date(at).toISOString().slice(11, 16))).toEqual(expected)
})

test.each([0, 1, 59_999, 400 * DAY_MS])('a span of %d ms has few marks, all within', (spanMs) => {
  const marks = roundTimes(NOON, NOON + spanMs)
  expect(marks.length).toBeLessThanOrEqual(9)
  expect(marks.every((at) => at >= NOON && at <= NOON + spanMs)).toBe(true)
})

test('ticks cover the range', () => {
  expect(ticksBetween(0, 23)).toEqual([0, 5, 10, 15, 20, 25])
})

test('large numbers on an axis have their thousands set apart', () => {
  const series = [{ name: 'accounts', color: 'red', values: [0, 2_000] }]
  const times = [NOON, NOON + HOUR_MS]
  const chart = { title: 'A', unit: 'b', kind: 'lines', times, series, fromZero: true } as const
  expect(drawChart(chart)).toContain('>2,000</text>')
})
