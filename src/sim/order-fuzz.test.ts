import { expect, test } from 'vitest'
import { failureText, fuzzOrders } from './order-fuzz.ts'

/** `ORDER_FUZZ_STEPS=1000000 ORDER_FUZZ_SEED=1 vitest run src/sim/order-fuzz` for more than a change needs. */
const STEPS = Number(process.env['ORDER_FUZZ_STEPS'] ?? 30_000)
const FIRST_SEED = Number(process.env['ORDER_FUZZ_SEED'] ?? 1)
const STEPS_OF_A_SEED = 1_500

test(`T1 to T26 the engine does what the model of the rules does, ${STEPS} commands long`, {
  timeout: 3_600_000,
}, () => {
  for (let done = 0; done < STEPS; done += STEPS_OF_A_SEED) {
    const seed = FIRST_SEED + done / STEPS_OF_A_SEED
    const failure = fuzzOrders(seed, STEPS_OF_A_SEED)
    expect(failure === null ? '' : failureText(failure)).toBe('')
  }
})
