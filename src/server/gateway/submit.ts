import type { Command } from '../../core/domain/command.ts'
import type { Outcome } from '../../core/domain/event.ts'
import { refusalError } from '../../wire/error.ts'
import type { Engine, GatewayDeps } from './gateway-deps.ts'

/** What the command did; a refusal is thrown as its error (rule W3). */
export async function submit(
  engine: Engine,
  command: Command,
  isLate?: () => boolean,
): Promise<Outcome> {
  const outcome = await engine.submit(command, isLate)
  if (outcome.refusal !== null) throw refusalError(outcome.refusal)
  return outcome
}

/** Waits until the histories hold everything acknowledged so far, so that a client reads its own writes. */
export async function caughtUp(deps: GatewayDeps): Promise<void> {
  await deps.projector.waitFor(deps.engine.sequence)
}
