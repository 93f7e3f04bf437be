import type { Event } from '../../core/domain/event.ts'
import type { UserId } from '../../core/domain/ids.ts'
import { formatDecimal } from '../../core/money/decimal.ts'
import type { BatchBuilder } from './batch.ts'
import { historyKey, type Place } from './place.ts'

/** What users are told of. All but a user's own levels is mandatory: no setting keeps it from being sent (rule N1). */
export type NoticeType =
  | 'MARGIN_CALL'
  | 'MARGIN_CALL_ENDED'
  | 'LEVEL_WARNING'
  | 'LIQUIDATION_STARTED'
  | 'LIQUIDATION_FINISHED'
  | 'KYC_REVIEWED'

interface Notice {
  readonly userId: UserId
  readonly type: NoticeType
  /** Plain JSON; levels and amounts as decimal text; `pair`: the index of the symbol that the account is isolated to. */
  readonly data: Readonly<Record<string, string | number | null>>
}

/** Rule N1: adds the notice that the event is, if it is one. */
export function appendNotice(batch: BatchBuilder, event: Event, place: Place): void {
  const notice = noticeOf(event)
  if (notice === null) return
  batch.append('notices', {
    ...historyKey(place, notice.userId),
    type: notice.type,
    mandatory: Number(notice.type !== 'LEVEL_WARNING'),
    data: JSON.stringify(notice.data),
  })
}

function noticeOf(event: Event): Notice | null {
  switch (event.type) {
    case 'MarginCalled': {
      const { userId, pair, level, callLevel, liquidationLevel } = event
      const data = { pair, level, callLevel, liquidationLevel }
      return { userId, type: 'MARGIN_CALL', data }
    }
    case 'MarginCallEnded': {
      const { userId, pair, level } = event
      return { userId, type: 'MARGIN_CALL_ENDED', data: { pair, level } }
    }
    case 'LevelWarned': {
      const { userId, pair, level, warningLevel, callLevel } = event
      const data = { pair, level, warningLevel, callLevel }
      return { userId, type: 'LEVEL_WARNING', data }
    }
    case 'LiquidationStarted': {
      const { userId, pair, liquidationId, level, liquidationLevel } = event
      const data = { pair, liquidationId, level, liquidationLevel }
      return { userId, type: 'LIQUIDATION_STARTED', data }
    }
    case 'LiquidationFinished': {
      const { userId, pair, liquidationId, outcome, clearanceFee } = event
      const data = { pair, liquidationId, outcome, clearanceFee: formatDecimal(clearanceFee, 8) }
      return { userId, type: 'LIQUIDATION_FINISHED', data }
    }
    case 'KycReviewed': {
      const { userId, decision, reason } = event
      return { userId, type: 'KYC_REVIEWED', data: { decision, reason } }
    }
    default:
      return null
  }
}
