import { present } from '../../../core/assert.ts'
import type { UserId } from '../../../core/domain/ids.ts'
import { parseDecimal } from '../../../core/money/decimal.ts'
import type { Rate } from '../../../core/money/rate.ts'
import { RATE_DECIMALS } from '../../../core/money/rate.ts'
import { rateShort } from '../../../wire/number-text.ts'
import type { Parameters } from '../../../wire/parameters.ts'
import { requestError } from '../../../wire/request-error.ts'
import type { NoticeRecord } from '../../projections/queries/notices.ts'
import { type Endpoint, type OperatorCall, operated, signed, type UserCall } from '../endpoint.ts'
import type { GatewayDeps } from '../gateway-deps.ts'
import type { DeliveryStanding } from '../notice-door.ts'
import { caughtUp, submit } from '../submit.ts'
import { readPage } from './read-parameters.ts'

const DELIVERY_STATES = ['PENDING', 'DELIVERED', 'FAILED'] as const
const DELIVERIES_MAX = 500

/** What users are told of their accounts and where it is sent (rules N1 to N4), and their own warning levels (rule L8). */
export const noticeEndpoints: readonly Endpoint[] = [
  signed('GET /fulcrum/v1/notices', 'READ', 2, notices),
  signed('GET /fulcrum/v1/notices/webhook', 'READ', 1, webhook),
  signed('PUT /fulcrum/v1/notices/webhook', 'MARGIN', 5, setWebhook),
  signed('DELETE /fulcrum/v1/notices/webhook', 'MARGIN', 1, removeWebhook),
  signed('GET /fulcrum/v1/margin/warning-levels', 'READ', 1, warningLevels),
  signed('PUT /fulcrum/v1/margin/warning-levels', 'MARGIN', 1, setWarningLevels),
  operated('GET /fulcrum/v1/ops/notices', 'viewer', 5, opsNotices),
]

async function notices({ deps, parameters, userId }: UserCall): Promise<object> {
  return noticesOf(deps, userId, parameters)
}

async function noticesOf(
  deps: GatewayDeps,
  userId: UserId,
  parameters: Parameters,
): Promise<object> {
  const request = readPage(parameters)
  await caughtUp(deps)
  const { rows, total } = await deps.histories.notices(userId, request)
  const deliveries = await deps.notices.deliveriesOf(rows.map(idOf))
  return {
    total,
    rows: rows.map((row) => ({
      id: idOf(row),
      type: row.type,
      time: row.timeMs,
      mandatory: row.mandatory,
      data: row.data,
      deliveries: [
        { channel: 'OUTBOX', state: 'DELIVERED', attempts: 1, deliveredAt: row.timeMs },
        ...deliveries.filter(({ noticeId }) => noticeId === idOf(row)).map(deliveryBody),
      ],
    })),
  }
}

function idOf({ sequence, position }: NoticeRecord): string {
  return `${sequence}-${position}`
}

function deliveryBody(delivery: DeliveryStanding): object {
  const { channel, state, attempts, nextMs, doneMs, error } = delivery
  return {
    channel,
    state,
    attempts,
    deliveredAt: state === 'DELIVERED' ? doneMs : null,
    nextAttemptAt: nextMs,
    error,
  }
}

/** With `state`, everybody's deliveries in it, newest first; with `userId`, what that user was told. */
async function opsNotices({ deps, parameters }: OperatorCall): Promise<object> {
  const state = parameters.oneOf('state', DELIVERY_STATES)
  if (state === undefined) {
    const userId = parameters.whole('userId')
    if (userId === undefined) throw requestError('missing', { name: 'userId' })
    return noticesOf(deps, userId as UserId, parameters)
  }
  const limit = parameters.limit('limit', 100, DELIVERIES_MAX)
  return (await deps.notices.deliveriesIn(state, limit)).map((delivery) => ({
    id: delivery.noticeId,
    userId: delivery.userId,
    ...deliveryBody(delivery),
  }))
}

async function webhook({ deps, userId }: UserCall): Promise<object> {
  const known = await deps.notices.webhook(userId)
  return { url: known?.url ?? null, since: known?.createdMs ?? null }
}

/** The answer alone tells the secret that signs. */
async function setWebhook({ deps, parameters, userId }: UserCall): Promise<object> {
  const url = parameters.requiredText('url')
  const fault = deps.notices.webhookFault(url)
  if (fault !== null) throw requestError('json_field', { name: 'url', why: fault })
  const { secret, createdMs } = await deps.notices.setWebhook(userId, url)
  return { url, secret, since: createdMs }
}

async function removeWebhook({ deps, userId }: UserCall): Promise<object> {
  return { removed: await deps.notices.removeWebhook(userId) }
}

function warningLevels({ deps, userId }: UserCall): object {
  const user = present(deps.engine.ask('user', { userId }), 'a key’s user exists')
  return { levels: user.warningLevels.map(rateShort) }
}

/** `levels=1.5,1.3`, or empty for none. */
async function setWarningLevels(call: UserCall): Promise<object> {
  const { deps, parameters, userId } = call
  const text = parameters.raw('levels')
  if (text === undefined) throw requestError('missing', { name: 'levels' })
  const levels = text.split(',').filter((level) => level.trim() !== '')
  const rates = levels.map((level) => readLevel(level.trim()))
  await submit(deps.engine, { type: 'SetWarningLevels', userId, levels: rates })
  return warningLevels(call)
}

function readLevel(text: string): Rate {
  const level = parseDecimal(text, RATE_DECIMALS)
  if (typeof level === 'bigint') return level as Rate
  throw requestError('invalid_parameter', { name: 'levels' })
}
