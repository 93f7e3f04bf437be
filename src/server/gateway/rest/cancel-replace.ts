import type { CancelReplace, TradingWallet } from '../../../core/domain/command.ts'
import type { Outcome } from '../../../core/domain/event.ts'
import type { Refusal } from '../../../core/domain/rejection.ts'
import { refusalError } from '../../../wire/error.ts'
import { placedBody } from '../../../wire/order-answer.ts'
import type { OrderRequest } from '../../../wire/place-order.ts'
import { WireError } from '../../../wire/wire-error.ts'
import type { UserCall } from '../endpoint.ts'
import {
  type Cancellation,
  canceled,
  namedBefore,
  readCancelId,
  readRestriction,
} from './cancel-actions.ts'
import { readOrder, readReference, setOrderCounts } from './order-actions.ts'

const MODES = ['STOP_ON_FAILURE', 'ALLOW_FAILURE'] as const
const EXCEEDED_MODES = ['DO_NOTHING', 'CANCEL_ONLY'] as const

type Result = 'SUCCESS' | 'FAILURE' | 'NOT_ATTEMPTED'

/** What became of each half: null when it was done, the error it met, or not attempted. */
interface Parts {
  readonly cancel: WireError | null
  readonly place: WireError | 'not_attempted' | null
}

interface Replacement {
  readonly command: CancelReplace
  readonly request: OrderRequest
  readonly cancellation: Cancellation
}

/** POST order/cancelReplace: both halves' answers, under 200, 400 (-2022), 409 or 429 (-2021). */
export async function cancelReplace(call: UserCall, wallet: TradingWallet): Promise<object> {
  const { engine, rateLimits } = call.deps
  const replacement = readReplacement(call, wallet)
  const exceededMode = call.parameters.oneOf('orderRateLimitExceededMode', EXCEEDED_MODES)
  const exceeded = limitError(call)
  if (exceeded !== null) {
    if (exceededMode !== 'CANCEL_ONLY') throw exceeded
    return cancelOnly(call, replacement, exceeded)
  }
  const outcome = await engine.submit(replacement.command, call.isLate)
  const parts = partsOf(outcome.refusal)
  // Binance counts what was not attempted as well.
  if (parts.place === 'not_attempted') rateLimits.countOrder(call.userId)
  setOrderCounts(call)
  return answer(call, replacement, parts, outcome)
}

function readReplacement(call: UserCall, wallet: TradingWallet): Replacement {
  const { parameters, userId } = call
  const mode = parameters.requiredOneOf('cancelReplaceMode', MODES)
  const request = readOrder(call, wallet)
  const cancel = readReference(parameters, 'cancelOrderId', 'cancelOrigClientOrderId')
  const restriction = readRestriction(parameters)
  const cancelId = readCancelId(parameters, 'cancelNewClientOrderId')
  const books = { userId, wallet, symbol: request.symbol.index }
  return {
    command: { type: 'CancelReplace', cancel, mode, restriction, place: request.place },
    request,
    cancellation: { books, before: namedBefore(call, books, cancel), cancelId },
  }
}

/** -1015 when there is no room for the new order. */
function limitError({ deps, userId }: UserCall): WireError | null {
  try {
    deps.rateLimits.checkOrders(userId)
    return null
  } catch (error) {
    if (error instanceof WireError) return error
    throw error
  }
}

/** The order is cancelled although no other may take its place: what the client asked for in that case. */
async function cancelOnly(
  call: UserCall,
  replacement: Replacement,
  exceeded: WireError,
): Promise<never> {
  const { cancel: order, restriction, mode } = replacement.command
  const { books } = replacement.cancellation
  const cancel = { type: 'CancelOrder', ...books, order, restriction } as const
  const outcome = await call.deps.engine.submit(cancel)
  const failed = outcome.refusal === null ? null : refusalError(outcome.refusal)
  const stopped = failed !== null && mode === 'STOP_ON_FAILURE'
  const parts = { cancel: failed, place: stopped ? 'not_attempted' : exceeded } as const
  const body = await bodyOf(call, replacement, parts, outcome)
  const error = failure(parts, body)
  // Binance says 429 only to those who wanted nothing placed after a failure.
  const status = mode === 'STOP_ON_FAILURE' ? 429 : error.status
  throw new WireError(status, error.code, error.message, body, exceeded.retryAfterSeconds)
}

async function answer(
  call: UserCall,
  replacement: Replacement,
  parts: Parts,
  outcome: Outcome,
): Promise<object> {
  const body = await bodyOf(call, replacement, parts, outcome)
  if (parts.cancel === null && parts.place === null) return body
  throw failure(parts, body)
}

/** What became of each half. Any other refusal is of the request as a whole, and thrown. */
function partsOf(refusal: Refusal | null): Parts {
  if (refusal === null) return { cancel: null, place: null }
  if (refusal.reason === 'cancel_replace_stopped') {
    return { cancel: refusalError(refusal.cancel), place: 'not_attempted' }
  }
  if (refusal.reason === 'cancel_replace_partly') {
    const { cancel, place } = refusal
    return {
      cancel: cancel === null ? null : refusalError(cancel),
      place: place === null ? null : refusalError(place),
    }
  }
  throw refusalError(refusal)
}

async function bodyOf(
  call: UserCall,
  { request, cancellation }: Replacement,
  parts: Parts,
  outcome: Outcome,
): Promise<object> {
  return {
    cancelResult: resultOf(parts.cancel),
    newOrderResult: resultOf(parts.place),
    cancelResponse:
      parts.cancel === null ? await canceled(call, cancellation, outcome) : parts.cancel.body(),
    newOrderResponse: placeResponse(call, parts, request, outcome),
  }
}

function resultOf(part: WireError | 'not_attempted' | null): Result {
  if (part === null) return 'SUCCESS'
  return part === 'not_attempted' ? 'NOT_ATTEMPTED' : 'FAILURE'
}

function placeResponse(
  call: UserCall,
  { place }: Parts,
  request: OrderRequest,
  outcome: Outcome,
): object | null {
  if (place === 'not_attempted') return null
  if (place !== null) return place.body()
  return placedBody(outcome, request.place, call.deps.engine.venue, request.responseType)
}

function failure(parts: Parts, body: object): WireError {
  return parts.cancel === null || parts.place === null
    ? new WireError(409, -2021, 'Order cancel-replace partially failed.', body)
    : new WireError(400, -2022, 'Order cancel-replace failed.', body)
}
