import { present } from '../../../core/assert.ts'
import type { Outcome } from '../../../core/domain/event.ts'
import type { Refusal } from '../../../core/domain/rejection.ts'
import { refusalError } from '../../../wire/error.ts'
import { type OrderView, placedBody } from '../../../wire/order-answer.ts'
import type { OrderRequest } from '../../../wire/place-order.ts'
import { WireError } from '../../../wire/wire-error.ts'
import type { UserCall } from '../endpoint.ts'
import {
  canceled,
  ordersEnded,
  readCancelId,
  readOrder,
  readReference,
  setOrderCounts,
  snapshot,
} from './order-actions.ts'

const MODES = ['STOP_ON_FAILURE', 'ALLOW_FAILURE'] as const

type Result = 'SUCCESS' | 'FAILURE' | 'NOT_ATTEMPTED'

interface Parts {
  readonly cancel: Refusal | null
  /** 'not_attempted' when the failed cancellation stopped it. */
  readonly place: Refusal | 'not_attempted' | null
}

/** POST order/cancelReplace: both halves' answers, under 200, 400 (-2022) or 409 (-2021). */
export async function cancelReplace(call: UserCall): Promise<object> {
  const { engine, rateLimits } = call.deps
  const mode = call.parameters.requiredOneOf('cancelReplaceMode', MODES)
  const request = readOrder(call, 'SPOT')
  const cancel = readReference(call.parameters, 'cancelOrderId', 'cancelOrigClientOrderId')
  const cancelId = readCancelId(call.parameters, 'cancelNewClientOrderId')
  rateLimits.checkOrders(call.userId)
  const books = { userId: call.userId, wallet: 'SPOT', symbol: request.symbol.index } as const
  const before = snapshot(engine.ask('openOrder', { ...books, order: cancel }))
  const outcome = await engine.submit({ type: 'CancelReplace', cancel, mode, place: request.place })
  const parts = partsOf(outcome.refusal)
  if (parts.place === null) rateLimits.countOrder(call.userId)
  setOrderCounts(call)
  const body = {
    cancelResult: resultOf(parts.cancel),
    newOrderResult: resultOf(parts.place),
    cancelResponse: await cancelResponse(call, parts, before, cancelId, outcome),
    newOrderResponse: placeResponse(call, parts, request, outcome),
  }
  if (outcome.refusal === null) return body
  throw failure(parts, body)
}

/** What became of each half. Any other refusal is of the request as a whole, and thrown. */
function partsOf(refusal: Refusal | null): Parts {
  if (refusal === null) return { cancel: null, place: null }
  if (refusal.reason === 'cancel_replace_stopped') {
    return { cancel: refusal.cancel, place: 'not_attempted' }
  }
  if (refusal.reason === 'cancel_replace_partly') return refusal
  throw refusalError(refusal)
}

function resultOf(part: Refusal | 'not_attempted' | null): Result {
  if (part === null) return 'SUCCESS'
  return part === 'not_attempted' ? 'NOT_ATTEMPTED' : 'FAILURE'
}

async function cancelResponse(
  call: UserCall,
  parts: Parts,
  before: OrderView | null,
  cancelId: string,
  outcome: Outcome,
): Promise<object> {
  if (parts.cancel !== null) return refusalError(parts.cancel).body()
  const [ended] = ordersEnded(outcome, call, 'SPOT')
  const event = present(ended, 'a cancellation tells of it')
  return canceled(call, 'SPOT', event, before, cancelId, outcome)
}

function placeResponse(
  call: UserCall,
  parts: Parts,
  request: OrderRequest,
  outcome: Outcome,
): object | null {
  if (parts.place === 'not_attempted') return null
  if (parts.place !== null) return refusalError(parts.place).body()
  return placedBody(outcome, request.place, call.deps.engine.venue, request.responseType)
}

function failure(parts: Parts, body: object): WireError {
  return parts.cancel === null || parts.place === null
    ? new WireError(409, -2021, 'Order cancel-replace partially failed.', body)
    : new WireError(400, -2022, 'Order cancel-replace failed.', body)
}
