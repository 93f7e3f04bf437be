import { crashRun } from '../sim/crash-run.ts'
import { simulate } from '../sim/simulation.ts'
import { progress } from './progress.ts'

/** As the command line gives them: `fulcrum sim --seeds N --seed SEED --commands N`. */
export interface SimOptions {
  readonly seeds?: string | number
  readonly seed?: string | number
  readonly commands?: string | number
}

const SEEDS = 20
const COMMANDS = 2_000
/** A crash is followed by a whole recovery and audit, so a run with crashes is shorter by this factor. */
const CRASH_RUN_SHARE = 8

/**
 * For each seed, one run of random commands through the engine and one through the sequencer on a disk that fails and
 * loses power. Prints what they came to. The exit code: 0 when everything held in every one.
 */
export async function runSim(options: SimOptions = {}): Promise<number> {
  const seeds = positive('seeds', options.seeds ?? SEEDS)
  const first = positive('seed', options.seed ?? 1)
  const commands = positive('commands', options.commands ?? COMMANDS)
  if (seeds === null || first === null || commands === null) return 2
  const show = progress('simulation')
  const sums = {
    seeds,
    commands: 0,
    events: 0,
    refused: 0,
    liquidations: 0,
    crashes: 0,
    failures: 0,
  }
  for (let seed = first; seed < first + seeds; seed += 1) {
    const run = simulate(seed, commands)
    const crashes = await crashRun(seed, Math.ceil(commands / CRASH_RUN_SHARE))
    sums.commands += run.commands + crashes.commands
    sums.events += run.events
    sums.refused += run.refused
    sums.liquidations += run.liquidations
    sums.crashes += crashes.crashes
    for (const { failure } of [run, crashes]) {
      if (failure === null) continue
      sums.failures += 1
      console.error(`seed ${seed} ${failure}`)
      console.error(`repeat: fulcrum sim --seed ${seed} --seeds 1 --commands ${commands}`)
    }
    show(seed - first + 1, seeds)
  }
  console.log(JSON.stringify(sums))
  return sums.failures === 0 ? 0 : 1
}

function positive(name: string, given: string | number): number | null {
  const value = Number(given)
  if (Number.isSafeInteger(value) && value > 0) return value
  console.error(`fulcrum sim: --${name} is a whole number above 0, not ${given}`)
  return null
}
