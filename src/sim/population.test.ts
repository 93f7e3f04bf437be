import { expect, test } from 'vitest'
import { drawTraders } from './population.ts'

const settings = { seed: 3, accounts: 500, symbols: 13, positionMax: 0.5 }

test('a seed draws the same traders and another seed others', () => {
  expect(drawTraders(settings)).toEqual(drawTraders(settings))
  expect(drawTraders({ ...settings, seed: 4 })).not.toEqual(drawTraders(settings))
})

test('P3 no position is planned above the cap, though the sum may be', () => {
  const traders = drawTraders(settings)
  for (const { gearing, pairs } of traders) expect(gearing / pairs.length).toBeLessThan(0.5)
  expect(traders.filter(({ gearing }) => gearing > 3.4).length).toBeGreaterThan(80)
})

test('funds, pairs and directions are within their ranges and mixed', () => {
  const traders = drawTraders({ ...settings, positionMax: null })
  for (const { deposit, pairs } of traders) {
    expect(deposit).toBeGreaterThanOrEqual(60_000)
    expect(deposit).toBeLessThanOrEqual(500_000)
    expect(new Set(pairs.map(({ symbol }) => symbol)).size).toBe(pairs.length)
    expect(pairs.length).toBeLessThanOrEqual(8)
  }
  const longs = traders.flatMap(({ pairs }) => pairs).map(({ long }) => (long ? 1 : 0) as number)
  const share = longs.reduce((sum, one) => sum + one, 0) / longs.length
  expect(share).toBeGreaterThan(0.55)
  expect(share).toBeLessThan(0.85)
})
