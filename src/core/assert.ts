/** A broken promise of this program to itself. Never raised by what a user sends. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation'
}

/** Stops the process's current step when `condition` is false; on in production. `claim` quotes the rule it proves. */
export function assert(condition: boolean, claim: string): asserts condition {
  if (!condition) throw new InvariantViolation(claim)
}

/** The value, which the caller knows to be there. */
export function present<T>(value: T | null | undefined, claim: string): T {
  if (value === undefined || value === null) throw new InvariantViolation(claim)
  return value
}

/** Marks the branch of an exhaustive switch that no value can reach. */
export function unreachable(value: never): never {
  throw new InvariantViolation(`unreachable: ${String(value)}`)
}
