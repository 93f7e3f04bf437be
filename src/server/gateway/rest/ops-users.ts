import type { UserId } from '../../../core/domain/ids.ts'
import { requestError } from '../../../wire/request-error.ts'
import type { KycRecord, UserRecord } from '../../projections/queries/users.ts'
import { type Endpoint, type OperatorCall, operated } from '../endpoint.ts'
import type { GatewayDeps } from '../gateway-deps.ts'
import { caughtUp, submit } from '../submit.ts'
import { idOf, readReason } from './ops-parameters.ts'

const KYC_STATES = ['NONE', 'PENDING', 'APPROVED', 'REJECTED', 'REVOKED'] as const
const DECISIONS = ['APPROVED', 'REJECTED', 'REVOKED'] as const
const GROUP_MAX = 2 ** 31 - 1
const USERS_MAX = 500
const KYC_HISTORY = { page: 1, size: 100 }

/** Users, their identity checks (rule E1) and trade groups (rule T6). */
export const opsUserEndpoints: readonly Endpoint[] = [
  operated('GET /fulcrum/v1/ops/users', 'viewer', 5, users),
  operated('GET /fulcrum/v1/ops/users/:id', 'viewer', 5, user),
  operated('POST /fulcrum/v1/ops/users/:id/trade-group', 'compliance', 1, setTradeGroup),
  operated('GET /fulcrum/v1/ops/kyc', 'viewer', 5, kycQueue),
  operated('POST /fulcrum/v1/ops/kyc/:id', 'compliance', 1, reviewKyc),
]

/** In the order of their numbers, after `after`. */
async function users({ deps, parameters }: OperatorCall): Promise<object[]> {
  const after = (parameters.whole('after') ?? null) as UserId | null
  const limit = parameters.limit('limit', 100, USERS_MAX)
  await caughtUp(deps)
  return Promise.all((await deps.histories.users(after, limit)).map((row) => userBody(deps, row)))
}

async function userBody(deps: GatewayDeps, row: UserRecord): Promise<object> {
  return {
    userId: row.userId,
    email: await deps.emailOf(row.userId),
    createdAt: row.createdMs,
    kyc: row.kyc,
    kycReason: row.kycReason,
    kycSince: row.kycMs,
    marginMode: row.marginMode,
  }
}

async function user(call: OperatorCall): Promise<object> {
  const { deps } = call
  const { engine, histories } = deps
  const userId = userNamed(call)
  await caughtUp(deps)
  const [row] = await histories.users((userId - 1) as UserId, 1)
  if (row?.userId !== userId)
    throw requestError('nothing_of_that_number', { what: 'user', id: call.id })
  const standing = engine.ask('user', { userId })
  const { rows } = await histories.kycHistory(userId, KYC_HISTORY)
  return {
    ...(await userBody(deps, row)),
    leverage: standing?.leverage,
    liquidating: standing?.liquidating,
    reduceOnly: standing?.reduceOnly,
    tradeGroupId: standing?.tradeGroupId,
    disclosure: standing?.disclosure,
    cross: engine.ask('marginAccount', { userId }).standing,
    kycHistory: rows.map(kycBody),
  }
}

function kycBody({ state, reason, reviewer, timeMs }: KycRecord): object {
  return { state, reason, reviewer, time: timeMs }
}

/** Who waits longest comes first. */
async function kycQueue({ deps, parameters }: OperatorCall): Promise<object[]> {
  const state = parameters.oneOf('state', KYC_STATES) ?? 'PENDING'
  const limit = parameters.limit('limit', 100, USERS_MAX)
  await caughtUp(deps)
  const rows = await deps.histories.usersByKyc(state, limit)
  return Promise.all(rows.map((row) => userBody(deps, row)))
}

async function reviewKyc(call: OperatorCall): Promise<object> {
  const { deps, parameters, operator } = call
  const userId = userNamed(call)
  const decision = parameters.requiredOneOf('decision', DECISIONS)
  const reason = readReason(parameters)
  const review = { userId, decision, reason, reviewer: operator.name }
  await submit(deps.engine, { type: 'ReviewKyc', ...review })
  return { userId, kyc: decision, reason, reviewer: operator.name }
}

/** Into a group, or without `tradeGroupId` out of it. */
async function setTradeGroup(call: OperatorCall): Promise<object> {
  const { deps, parameters, operator } = call
  const userId = userNamed(call)
  const none = parameters.raw('tradeGroupId') === 'null'
  const tradeGroupId = (none ? null : parameters.whole('tradeGroupId')) ?? null
  if (tradeGroupId !== null && (tradeGroupId === 0 || tradeGroupId > GROUP_MAX)) {
    throw requestError('invalid_parameter', { name: 'tradeGroupId' })
  }
  const reason = readReason(parameters)
  const group = { userId, tradeGroupId, reason, author: operator.name }
  await submit(deps.engine, { type: 'SetTradeGroup', ...group })
  return { userId, tradeGroupId }
}

function userNamed(call: OperatorCall): UserId {
  return idOf(call, 'user') as UserId
}
