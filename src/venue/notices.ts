import type { EventType } from '../core/domain/event.ts'
import type { NoticeDoor } from '../server/gateway/notice-door.ts'
import { Outbox } from '../server/notices/outbox.ts'
import { networksOf } from '../server/notices/public-address.ts'
import { parseRelay, sendMail } from '../server/notices/smtp.ts'
import { postWebhook, webhookFault } from '../server/notices/webhook.ts'
import { mailOf, payloadOf } from '../server/notices/wording.ts'
import type { Sequencer } from '../server/sequencer/sequencer.ts'
import type { NoticeOptions } from './options.ts'
import type { Stores } from './stores.ts'

/** After these there may be something to send. */
const TELLING: ReadonlySet<EventType> = new Set([
  'MarginCalled',
  'MarginCallEnded',
  'LevelWarned',
  'LiquidationStarted',
  'LiquidationFinished',
  'KycReviewed',
])

export interface OpenNotices {
  readonly door: NoticeDoor
  /** Sends what earlier runs left, and from now on what happens. */
  start(): void
  close(): Promise<void>
}

/** What users are told, from the read model to wherever they want it. Throws for options that make no sense. */
export function openNotices(
  options: NoticeOptions,
  { outbox: store, identities, readModel }: Stores,
  sequencer: Sequencer,
  nowMs: () => number,
  onError: (error: unknown, where: string) => void,
): OpenNotices {
  const { queries, projector } = readModel
  const onFailure = (error: unknown): void => onError(error, 'notices')
  const rules = { allowed: networksOf(options.webhookNetworks) }
  const relay = options.smtpUrl === null ? null : parseRelay(options.smtpUrl, options.mailFrom)
  const outbox = new Outbox({
    store,
    noticesAfter: async (place, limit) =>
      (await queries.noticesAfter(place, limit)).map((notice) => ({
        noticeId: `${notice.sequence}-${notice.position}`,
        ...notice,
        payload: payloadOf(notice),
      })),
    mailAddress: async (userId) =>
      relay === null ? null : ((await identities.account(userId))?.email ?? null),
    post: (webhook, delivery) => postWebhook(webhook, delivery, rules, nowMs()),
    mail: async (address, delivery) => {
      if (relay !== null) await sendMail(relay, mailOf(address, delivery), nowMs())
    },
    nowMs,
    venueNowMs: () => sequencer.nowMs(),
    onFailure,
  })
  const door: NoticeDoor = {
    deliveriesOf: (noticeIds) => store.deliveriesOf(noticeIds),
    deliveriesIn: (state, limit) => store.deliveriesIn(state, limit),
    webhook: (userId) => store.webhook(userId),
    webhookFault: (url) => webhookFault(url, rules),
    setWebhook: (userId, url) => store.setWebhook(userId, url, nowMs()),
    removeWebhook: (userId) => store.removeWebhook(userId),
  }
  return {
    door,
    start() {
      sequencer.subscribe(({ sequence, events }) => {
        if (!events.some(({ type }) => TELLING.has(type))) return
        // What cannot be written now is written later, and then found by the next look.
        projector.waitFor(sequence).then(() => outbox.wake(), onFailure)
      })
      outbox.wake()
    },
    close: () => outbox.close(),
  }
}
