import type { Delivery } from './delivery.ts'
import type { Mail } from './smtp.ts'

/** A notice as its payload is made of it. */
export interface WordedNotice {
  readonly sequence: number
  readonly position: number
  readonly userId: number
  readonly type: string
  readonly timeMs: number
  readonly mandatory: boolean
  readonly data: Readonly<Record<string, string | number | null>>
}

interface Payload {
  readonly id: string
  readonly type: string
  readonly time: number
  readonly userId: number
  readonly mandatory: boolean
  readonly data: Readonly<Record<string, string | number | null>>
}

/** The JSON that webhooks get: the same bytes at every attempt. */
export function payloadOf(notice: WordedNotice): string {
  const payload: Payload = {
    id: `${notice.sequence}-${notice.position}`,
    type: notice.type,
    time: notice.timeMs,
    userId: notice.userId,
    mandatory: notice.mandatory,
    data: notice.data,
  }
  return JSON.stringify(payload)
}

const SUBJECTS: Readonly<Record<string, string>> = {
  MARGIN_CALL: 'Margin call',
  MARGIN_CALL_ENDED: 'Margin call over',
  LEVEL_WARNING: 'Your margin level fell to a level of your own',
  LIQUIDATION_STARTED: 'Your cross margin account is being liquidated',
  LIQUIDATION_FINISHED: 'The liquidation of your cross margin account is over',
  KYC_REVIEWED: 'Your identity check was reviewed',
}

const SENTENCES: Readonly<Record<string, (data: Payload['data']) => string>> = {
  MARGIN_CALL: ({ level, callLevel, liquidationLevel }) =>
    `Your margin level is ${level}, at or below the call level of ${callLevel}. At ${liquidationLevel} the account is liquidated. Add collateral, repay, or reduce positions.`,
  MARGIN_CALL_ENDED: ({ level }) => `Your margin level is ${level}; the margin call is over.`,
  LEVEL_WARNING: ({ level, warningLevel, callLevel }) =>
    `Your margin level is ${level}, at or below ${warningLevel}, of which you asked to be told. You are called at ${callLevel}.`,
  LIQUIDATION_STARTED: ({ level, liquidationLevel, liquidationId }) =>
    `Your margin level was ${level}, at or below ${liquidationLevel}: liquidation ${liquidationId} closes the account.`,
  LIQUIDATION_FINISHED: ({ liquidationId, clearanceFee }) =>
    `Liquidation ${liquidationId} is over. The clearance fee was ${clearanceFee} USDT.`,
  KYC_REVIEWED: ({ decision, reason }) => `It is ${decision}. Reason: ${reason}`,
}

/** The same notice for people. */
export function mailOf(to: string, { noticeId, payload }: Delivery): Mail {
  const { type, time, data } = JSON.parse(payload) as Payload
  const sentence = SENTENCES[type]?.(data) ?? JSON.stringify(data)
  const lines = [sentence, '', `Time: ${new Date(time).toISOString()}`, `Notice: ${noticeId}`]
  return {
    to,
    subject: SUBJECTS[type] ?? type,
    text: lines.join('\r\n'),
    messageId: `notice-${noticeId}`,
  }
}
