import { expect, test } from 'vitest'
import { crashRun } from './crash-run.ts'

const seeds = Number(process.env['SEEDS'] ?? 4)
const commands = Number(process.env['COMMANDS'] ?? 150)

test(`nothing acknowledged is lost through ${seeds} seeds of crashes and disk faults`, {
  timeout: 600_000,
}, async () => {
  let crashes = 0
  let diskFaults = 0
  for (let seed = 1; seed <= seeds; seed += 1) {
    const result = await crashRun(seed, commands)
    expect(result.failure, `fulcrum sim --seed ${seed} --seeds 1`).toBeNull()
    crashes += result.crashes
    diskFaults += result.diskFaults
  }
  expect(crashes).toBeGreaterThan(seeds)
  expect(diskFaults).toBeGreaterThan(0)
})

test('a seed repeats its crashes and its end', async () => {
  expect(await crashRun(2, 120)).toEqual(await crashRun(2, 120))
})
