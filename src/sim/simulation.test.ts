import { expect, test } from 'vitest'
import { simulate } from './simulation.ts'

const seeds = Number(process.env['SEEDS'] ?? 15)
const commands = Number(process.env['COMMANDS'] ?? 300)

test(`every invariant holds through ${seeds} seeds of ${commands} random commands`, {
  timeout: 600_000,
}, () => {
  let liquidations = 0
  for (let seed = 1; seed <= seeds; seed += 1) {
    const result = simulate(seed, commands)
    expect(result.failure, `fulcrum sim --seed ${seed} --seeds 1 --commands ${commands}`).toBeNull()
    liquidations += result.liquidations
  }
  expect(liquidations).toBeGreaterThan(0)
})

test('a seed repeats its run to the byte, and another seed does not', () => {
  expect(simulate(5, 200)).toEqual(simulate(5, 200))
  expect(simulate(6, 200).stateHash).not.toBe(simulate(5, 200).stateHash)
})
