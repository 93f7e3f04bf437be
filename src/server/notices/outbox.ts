import type { UserId } from '../../core/domain/ids.ts'
import type { Channel, Delivery, Place, Webhook } from './delivery.ts'
import { afterAttempt, DeliveryFailed, GIVE_UP_AFTER_MS } from './delivery.ts'
import type { OutboxStore } from './outbox-store.ts'

/** A notice as it lies in the read model, which is where users read it whatever becomes of its deliveries. */
export interface OutgoingNotice extends Place {
  readonly noticeId: string
  readonly userId: UserId
  /** By the venue's clock. */
  readonly timeMs: number
  /** JSON, as it is sent. */
  readonly payload: string
}

export interface OutboxParts {
  readonly store: OutboxStore
  /** Notices after a place in history, in order. */
  readonly noticesAfter: (place: Place, limit: number) => Promise<readonly OutgoingNotice[]>
  /** The user's e-mail address; null: none, or there is no mail relay. */
  readonly mailAddress: (userId: UserId) => Promise<string | null>
  readonly post: (webhook: Webhook, delivery: Delivery) => Promise<void>
  readonly mail: (address: string, delivery: Delivery) => Promise<void>
  /** Wall clock. */
  readonly nowMs: () => number
  readonly venueNowMs: () => number
  readonly onFailure: (error: unknown) => void
}

const TAKEN_AT_ONCE = 200
const TRIED_AT_ONCE = 8
/** Failures of the database itself are met again after this. */
const PAUSE_MS = 5_000
const TIMER_MAX_MS = 60_000

/**
 * Carries notices out of the house: at least once, by every channel their user has, until they arrive or three days have
 * passed (rules N2, N3). It goes on where it was left, however the process ended.
 */
export class Outbox {
  readonly #parts: OutboxParts
  #timer: NodeJS.Timeout | null = null
  #running: Promise<void> | null = null
  #again = false
  #closed = false

  constructor(parts: OutboxParts) {
    this.#parts = parts
  }

  /** Looks for notices and for what is due. To be called at the start, and whenever there may be a new notice. */
  wake(): void {
    if (this.#closed) return
    this.#again = true
    this.#running ??= this.#run()
  }

  /** Lets the attempts in hand end; what is left is for the next start. */
  async close(): Promise<void> {
    this.#closed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    await this.#running
    await this.#parts.store.close()
  }

  async #run(): Promise<void> {
    let pauseMs: number | null = null
    while (this.#again && !this.#closed) {
      this.#again = false
      try {
        await this.#takeOver()
        await this.#tryDue()
        pauseMs = await this.#pause()
      } catch (error) {
        this.#parts.onFailure(error)
        pauseMs = PAUSE_MS
      }
    }
    this.#running = null
    if (!this.#closed && pauseMs !== null) this.#wakeIn(pauseMs)
  }

  #wakeIn(ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.wake(), Math.min(ms, TIMER_MAX_MS))
    this.#timer.unref()
  }

  /** Null: nothing waits. */
  async #pause(): Promise<number | null> {
    const dueMs = await this.#parts.store.nextDueMs()
    return dueMs === null ? null : Math.max(0, dueMs - this.#parts.nowMs())
  }

  /** A delivery for each channel of each new notice. */
  async #takeOver(): Promise<void> {
    const { store, noticesAfter } = this.#parts
    for (;;) {
      const notices = await noticesAfter(await store.cursor(), TAKEN_AT_ONCE)
      const last = notices.at(-1)
      if (last === undefined) return
      const deliveries: Delivery[] = []
      for (const notice of notices) deliveries.push(...(await this.#deliveriesFor(notice)))
      await store.take(deliveries, last)
    }
  }

  /** None of what lies too far back, as all of history does for an outbox that begins late. */
  async #deliveriesFor(notice: OutgoingNotice): Promise<Delivery[]> {
    const { store, mailAddress, nowMs, venueNowMs } = this.#parts
    const { noticeId, userId, payload, timeMs } = notice
    if (timeMs <= venueNowMs() - GIVE_UP_AFTER_MS) return []
    const channels: Channel[] = []
    if ((await store.webhook(userId)) !== null) channels.push('WEBHOOK')
    if ((await mailAddress(userId)) !== null) channels.push('EMAIL')
    const now = nowMs()
    const first = { attempts: 0, createdMs: now, nextMs: now, doneMs: null, error: null }
    return channels.map((channel) => ({
      noticeId,
      channel,
      userId,
      payload,
      state: 'PENDING',
      ...first,
    }))
  }

  async #tryDue(): Promise<void> {
    const { store, nowMs } = this.#parts
    for (;;) {
      const due = await store.due(nowMs(), TRIED_AT_ONCE)
      if (due.length === 0 || this.#closed) return
      await Promise.all(due.map((delivery) => this.#attempt(delivery)))
    }
  }

  async #attempt(delivery: Delivery): Promise<void> {
    const error = await this.#send(delivery)
    await this.#parts.store.note(afterAttempt(delivery, this.#parts.nowMs(), error))
  }

  /** Why it did not arrive; null: it did. */
  async #send(delivery: Delivery): Promise<string | null> {
    try {
      if (delivery.channel === 'WEBHOOK') await this.#sendWebhook(delivery)
      else await this.#sendMail(delivery)
      return null
    } catch (error) {
      if (error instanceof DeliveryFailed) return error.message
      this.#parts.onFailure(error)
      return 'an unknown failure'
    }
  }

  async #sendWebhook(delivery: Delivery): Promise<void> {
    const webhook = await this.#parts.store.webhook(delivery.userId)
    if (webhook === null) throw new DeliveryFailed('there is no webhook any more')
    await this.#parts.post(webhook, delivery)
  }

  async #sendMail(delivery: Delivery): Promise<void> {
    const address = await this.#parts.mailAddress(delivery.userId)
    if (address === null) throw new DeliveryFailed('there is no address any more')
    await this.#parts.mail(address, delivery)
  }
}
