import type { Event } from '../../core/domain/event.ts'
import { appendAudit } from './audit-log.ts'
import type { BatchBuilder } from './batch.ts'
import { appendDeposit, appendTransfer } from './funding.ts'
import { appendPoolClaim, appendRate, appendSmallDebt } from './lending.ts'
import {
  appendLiquidationOrder,
  appendLoss,
  appendMarginCall,
  appendTakeover,
  explainBuffer,
  finishLiquidation,
  startLiquidation,
} from './liquidations.ts'
import { appendInterest, appendLoan, appendRepayment } from './loans.ts'
import { appendNotice } from './notices.ts'
import type { Place } from './place.ts'
import { followPolicyChange } from './policy-changes.ts'
import { appendPosition } from './positions.ts'
import { changeMarginMode, insertUser, reviewKyc, submitKyc } from './users.ts'

/** Adds the event to its user's history, if any history asks for it. */
export function appendHistory(batch: BatchBuilder, event: Event, place: Place): void {
  appendAudit(batch, event, place)
  followPolicyChange(batch, event, place)
  appendNotice(batch, event, place)
  switch (event.type) {
    case 'Deposited':
      appendDeposit(batch, event, place)
      break
    case 'Transferred':
      appendTransfer(batch, event, place)
      break
    case 'LoanTaken':
      appendLoan(batch, event, place)
      break
    case 'LoanRepaid':
      appendRepayment(batch, event, place)
      break
    case 'InterestCharged':
      appendInterest(batch, event, place)
      break
    case 'PoolClaimChanged':
      appendPoolClaim(batch, event, place)
      break
    case 'SmallDebtExchanged':
      appendSmallDebt(batch, event, place)
      break
    case 'InterestRateSet':
      appendRate(batch, event, place)
      break
    case 'PositionChanged':
      appendPosition(batch, event, place)
      break
    case 'MarginCalled':
    case 'MarginCallEnded':
      appendMarginCall(batch, event, place)
      break
    case 'LiquidationStarted':
      startLiquidation(batch, event, place)
      break
    case 'BufferExplained':
      explainBuffer(batch, event)
      break
    case 'LiquidationOrderClosed':
      appendLiquidationOrder(batch, event)
      break
    case 'LiquidationTakenOver':
      appendTakeover(batch, event, place)
      break
    case 'LossShared':
      appendLoss(batch, event, place)
      break
    case 'LiquidationFinished':
      finishLiquidation(batch, event, place)
      break
    case 'UserCreated':
      insertUser(batch, event.userId, place)
      break
    case 'KycSubmitted':
      submitKyc(batch, event.userId, place)
      break
    case 'KycReviewed':
      reviewKyc(batch, event, place)
      break
    case 'MarginModeChanged':
      changeMarginMode(batch, event)
      break
    // Orders and trades have rows of their own; the engine answers for the present state.
    default:
  }
}
