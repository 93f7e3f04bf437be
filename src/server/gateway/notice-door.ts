import type { UserId } from '../../core/domain/ids.ts'

/** How a notice fares outside the house, as far as a client is told. */
export interface DeliveryStanding {
  readonly noticeId: string
  readonly channel: string
  readonly userId: UserId
  readonly state: string
  readonly attempts: number
  readonly nextMs: number | null
  readonly doneMs: number | null
  readonly error: string | null
}

export interface WebhookStanding {
  readonly url: string
  readonly secret: string
  readonly createdMs: number
}

/** What the gateway asks of the outbox. */
export interface NoticeDoor {
  deliveriesOf(noticeIds: readonly string[]): Promise<readonly DeliveryStanding[]>
  deliveriesIn(
    state: 'PENDING' | 'DELIVERED' | 'FAILED',
    limit: number,
  ): Promise<readonly DeliveryStanding[]>
  webhook(userId: UserId): Promise<WebhookStanding | null>
  /** Why the address is refused; null: it is not. */
  webhookFault(url: string): string | null
  setWebhook(userId: UserId, url: string): Promise<WebhookStanding>
  removeWebhook(userId: UserId): Promise<boolean>
}
