import { maxBigint, minBigint } from '../money/rounding.ts'

/**
 * The largest x from 0 to `atMost` that passes; −1 when not even 0 does. `passes` must be true up to some point and
 * false beyond it. `guess` decides nothing: a near one makes it quick, a few tests instead of some sixty.
 */
export function largestPassing(
  guess: bigint,
  atMost: bigint,
  passes: (x: bigint) => boolean,
): bigint {
  let passed = -1n
  let failed = atMost + 1n
  let probe = maxBigint(0n, minBigint(guess, atMost))
  let stride = 1n
  while (failed - passed > 1n) {
    if (passes(probe)) passed = probe
    else failed = probe
    if (failed > atMost) probe = minBigint(passed + stride, atMost)
    else if (passed < 0n) probe = maxBigint(failed - stride, 0n)
    else probe = (passed + failed) / 2n
    stride *= 2n
  }
  return passed
}
