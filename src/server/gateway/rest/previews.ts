import { present } from '../../../core/assert.ts'
import type { AccountCommand } from '../../../core/domain/command.ts'
import type { AssetAmount, PreviewAnswer } from '../../../core/domain/question.ts'
import type { Venue } from '../../../core/domain/venue.ts'
import { refusalError } from '../../../wire/error.ts'
import { amountText } from '../../../wire/number-text.ts'
import { type Endpoint, type Method, signed, type UserCall } from '../endpoint.ts'
import { readMode } from './fulcrum-account.ts'
import { readBorrowRepay } from './loans.ts'
import { readMarginWallet } from './margin-wallet.ts'
import { readOrder } from './order-actions.ts'
import { readTransfer } from './transfers.ts'

/** The same parameters, the same parsing and the same decision as the call itself: preview equals outcome. */
export const previewEndpoints: readonly Endpoint[] = [
  preview('POST /fulcrum/v1/margin/order/preview', previewOrder),
  preview('POST /fulcrum/v1/margin/transfer/preview', (call) => previewOf(call, readTransfer)),
  preview('POST /fulcrum/v1/margin/borrow-repay/preview', (call) =>
    previewOf(call, readBorrowRepay),
  ),
  preview('POST /fulcrum/v1/margin/mode/preview', (call) => previewOf(call, readMode)),
]

function preview(route: `${Method} /${string}`, handle: (call: UserCall) => object): Endpoint {
  return signed(route, 'READ', 5, handle)
}

function previewOrder(call: UserCall): object {
  const { engine } = call.deps
  const { place } = readOrder(call, readMarginWallet(call.parameters))
  const answer = engine.ask('previewOrder', { place })
  const { worst, fee, cap } = answer
  return {
    ...previewBody(answer, engine.venue),
    worst,
    fee: fee && assetAmount(fee, engine.venue),
    cap: cap && {
      used: amountText(cap.used),
      limit: amountText(cap.limit),
      maxQuantity: amountText(cap.maxQuantity),
    },
  }
}

function previewOf(call: UserCall, read: (call: UserCall) => AccountCommand): object {
  const { engine } = call.deps
  const answer = engine.ask('previewCommand', { command: read(call) })
  const { mode, max } = answer
  return {
    ...previewBody(answer, engine.venue),
    mode,
    max: max && assetAmount(max, engine.venue),
  }
}

function previewBody(answer: PreviewAnswer, venue: Venue): object {
  const { sequence, before, after, borrow, repay, binding, refusal, warnings } = answer
  return {
    sequence,
    before,
    after,
    borrow: borrow && {
      ...assetAmount(borrow, venue),
      interestPerDay: amountText(borrow.interestPerDay),
    },
    repay: repay && assetAmount(repay, venue),
    binding,
    blockers: refusal === null ? [] : [{ reason: refusal.reason, ...refusalError(refusal).body() }],
    warnings,
  }
}

function assetAmount({ asset, amount }: AssetAmount, venue: Venue): object {
  const { code } = present(venue.assets[asset], 'an asset in an answer is the venue’s')
  return { asset: code, amount: amountText(amount) }
}
