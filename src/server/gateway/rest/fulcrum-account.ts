import { present } from '../../../core/assert.ts'
import type { SetMarginMode } from '../../../core/domain/command.ts'
import { amountText } from '../../../wire/number-text.ts'
import { type Endpoint, signed, type UserCall } from '../endpoint.ts'
import { submit } from '../submit.ts'

const MODES = ['CROSS', 'ISOLATED', 'NONE'] as const

/** Identity, disclosure, eligibility and margin mode: what stands before the first margin order. */
export const fulcrumAccountEndpoints: readonly Endpoint[] = [
  signed('GET /fulcrum/v1/kyc', 'READ', 1, identity),
  signed('POST /fulcrum/v1/kyc', 'MARGIN', 1, submitIdentity),
  signed('POST /fulcrum/v1/disclosure/accept', 'MARGIN', 1, acceptDisclosure),
  signed('GET /fulcrum/v1/margin/eligibility', 'READ', 1, eligibility),
  signed('GET /fulcrum/v1/margin/mode', 'READ', 1, marginMode),
  signed('POST /fulcrum/v1/margin/mode', 'MARGIN', 1, setMarginMode),
]

function standingOf({ deps, userId }: UserCall) {
  return present(deps.engine.ask('user', { userId }), 'a key’s user exists')
}

function identity(call: UserCall): object {
  const standing = standingOf(call)
  const { disclosureVersion } = call.deps.engine.venue.policy
  return {
    state: standing.kyc,
    reason: standing.kycReason,
    disclosure: { accepted: standing.disclosure, inForce: disclosureVersion },
  }
}

async function submitIdentity(call: UserCall): Promise<object> {
  await submit(call.deps.engine, { type: 'SubmitKyc', userId: call.userId })
  return identity(call)
}

async function acceptDisclosure(call: UserCall): Promise<object> {
  const { deps, parameters, userId } = call
  const version = parameters.text('version') ?? deps.engine.venue.policy.disclosureVersion
  await submit(deps.engine, { type: 'AcceptDisclosure', userId, version })
  return identity(call)
}

/** Rule E6: every condition with what is there and what is needed. */
function eligibility({ deps, parameters, userId }: UserCall): object {
  const mode = parameters.oneOf('mode', ['CROSS', 'ISOLATED'])
  const answer = deps.engine.ask('eligibility', { userId, mode })
  return {
    eligible: answer.eligible,
    conditions: answer.conditions,
    average: amountText(answer.average),
    samples: answer.samples.map(({ hourMs, equity }) => ({
      time: hourMs,
      equity: amountText(equity),
    })),
    eligibleAt: answer.eligibleAtMs,
  }
}

function marginMode(call: UserCall): object {
  const standing = standingOf(call)
  const { userId } = call
  const blockers = standing.mode !== 'NONE' ? call.deps.engine.ask('exitBlockers', { userId }) : []
  return {
    mode: standing.mode,
    since: standing.modeSinceMs,
    leverage: standing.leverage,
    liquidating: standing.liquidating,
    reduceOnly: standing.reduceOnly,
    blockers,
  }
}

async function setMarginMode(call: UserCall): Promise<object> {
  await submit(call.deps.engine, readMode(call))
  return marginMode(call)
}

export function readMode({ parameters, userId }: UserCall): SetMarginMode {
  return { type: 'SetMarginMode', userId, mode: parameters.requiredOneOf('mode', MODES) }
}
