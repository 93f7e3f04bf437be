import { isIPv6 } from 'node:net'
import type { Command, PlaceOrder } from '../../core/domain/command.ts'
import type { Outcome, TradeExecuted, TradeSide } from '../../core/domain/event.ts'
import type { UserId } from '../../core/domain/ids.ts'
import { DAY_MS } from '../../core/domain/ids.ts'
import { requestError } from '../../wire/request-error.ts'
import { WindowCounter } from './window-counter.ts'

const MINUTE_MS = 60_000
const TEN_SECONDS_MS = 10_000
const FIVE_MINUTES_MS = 5 * MINUTE_MS

/** What is allowed per window. */
export interface Limits {
  /** Weight per minute and address over all of `/api`. */
  readonly requestWeight: number
  /** Weight per minute and address of one `/sapi` endpoint. */
  readonly sapiIpWeight: number
  /** Weight per minute and user of one `/sapi` endpoint. */
  readonly sapiUserWeight: number
  /** Requests of any weight in five minutes and by address. */
  readonly rawRequests: number
  readonly ordersPer10s: number
  readonly ordersPerDay: number
  /** How many requests past the limit in a minute bring a ban. */
  readonly overrunsToBan: number
}

/** Binance's published figures. */
export const BINANCE_LIMITS: Limits = {
  requestWeight: 6_000,
  sapiIpWeight: 12_000,
  sapiUserWeight: 180_000,
  rawRequests: 300_000,
  ordersPer10s: 100,
  ordersPerDay: 200_000,
  overrunsToBan: 10,
}

/** A bot under test on one's own machine is not abuse. */
export const SANDBOX_LIMITS: Limits = {
  requestWeight: 1_200_000,
  sapiIpWeight: 2_400_000,
  sapiUserWeight: 36_000_000,
  rawRequests: 60_000_000,
  ordersPer10s: 20_000,
  ordersPerDay: 40_000_000,
  overrunsToBan: 1_000,
}

/** What an order's first fill takes off the unfilled count (rule T28). */
const FIRST_FILL_TAKES = { taker: 1, maker: 5 } as const

const FIRST_BAN_MS = 2 * MINUTE_MS
const LONGEST_BAN_MS = 3 * DAY_MS
const BANS_MAX = 100_000

interface Ban {
  readonly untilMs: number
  readonly lengthMs: number
}

/**
 * Counts weights by the wall clock and unfilled orders by the venue's, and says when it is too much (rules W6, T28).
 * Orders are counted from what became of commands, in `follow`, so that an order that fills at once is counted before
 * its fill: a request has only to ask whether there is room.
 */
export class RateLimits {
  readonly limits: Limits
  readonly #nowMs: () => number
  readonly #venueNowMs: () => number
  readonly #weights = new WindowCounter(MINUTE_MS)
  readonly #requests = new WindowCounter(FIVE_MINUTES_MS)
  readonly #overruns = new WindowCounter(MINUTE_MS)
  readonly #orders10s = new WindowCounter(TEN_SECONDS_MS)
  readonly #ordersDay = new WindowCounter(DAY_MS)
  readonly #bans = new Map<string, Ban>()

  constructor(limits: Limits, nowMs: () => number, venueNowMs: () => number = nowMs) {
    this.limits = limits
    this.#nowMs = nowMs
    this.#venueNowMs = venueNowMs
  }

  /** 418 while the address is banned; what lowers a risk is let through as far as its own allowance goes. */
  checkBan(ip: string, lowersRisk = false): void {
    if (this.#bans.size === 0) return
    const bucket = addressBucket(ip)
    const ban = this.#bans.get(bucket)
    const nowMs = this.#nowMs()
    if (ban === undefined || ban.untilMs <= nowMs) return
    if (lowersRisk && this.#weights.read(reliefOf(bucket), nowMs) < this.limits.requestWeight)
      return
    throw requestError('banned', { until: ban.untilMs }, Math.ceil((ban.untilMs - nowMs) / 1000))
  }

  /** Counts a request to `/api`; the weight used this minute. 429, then 418. */
  spend(ip: string, weight: number, lowersRisk = false): number {
    return this.#spend(ip, addressBucket(ip), weight, this.limits.requestWeight, lowersRisk)
  }

  /** The weight an address used on `/api` this minute. */
  used(ip: string): number {
    return this.#weights.read(addressBucket(ip), this.#nowMs())
  }

  /** Counts a request to one `/sapi` endpoint by address. */
  spendSapiIp(ip: string, endpoint: string, weight: number, lowersRisk = false): number {
    const name = `${addressBucket(ip)} ${endpoint}`
    return this.#spend(ip, name, weight, this.limits.sapiIpWeight, lowersRisk)
  }

  /** Counts a request to one `/sapi` endpoint by user. */
  spendSapiUser(
    ip: string,
    userId: UserId,
    endpoint: string,
    weight: number,
    lowersRisk = false,
  ): number {
    const name = `u${userId} ${endpoint}`
    return this.#spend(ip, name, weight, this.limits.sapiUserWeight, lowersRisk)
  }

  /** -1015 when so many orders more would be too many unfilled ones in either window. */
  checkOrders(userId: UserId, orders = 1): void {
    const { tenSeconds, day } = this.orderCounts(userId)
    const { ordersPer10s, ordersPerDay } = this.limits
    if (tenSeconds + orders > ordersPer10s)
      throw tooManyOrders(ordersPer10s, '10 SECOND', this.#orders10s, this.#venueNowMs())
    if (day + orders > ordersPerDay)
      throw tooManyOrders(ordersPerDay, '1 DAY', this.#ordersDay, this.#venueNowMs())
  }

  /** Follows what each command did: orders it placed count, first fills take off (rule T28). */
  follow(outcome: Outcome, command: Command): void {
    const placed = ordersOf(command)
    for (const event of outcome.events) {
      if (event.type === 'TradeExecuted') this.#fill(event)
      else if (event.type === 'OrderAccepted') {
        // Not what a liquidation places in the same command: nobody asked for that.
        const { userId, clientOrderId } = event.order
        if (placed.some((each) => each.userId === userId && each.clientOrderId === clientOrderId))
          this.countOrder(userId)
      }
    }
  }

  countOrder(userId: UserId, orders = 1): void {
    const nowMs = this.#venueNowMs()
    for (const counter of [this.#orders10s, this.#ordersDay])
      counter.add(`${userId}`, orders, nowMs)
  }

  /** Unfilled orders in the running windows. */
  orderCounts(userId: UserId): { tenSeconds: number; day: number } {
    const nowMs = this.#venueNowMs()
    return {
      tenSeconds: this.#orders10s.read(`${userId}`, nowMs),
      day: this.#ordersDay.read(`${userId}`, nowMs),
    }
  }

  #fill({ lots, maker, taker, liquidationId }: TradeExecuted): void {
    const isFirst = ({ executedLots }: TradeSide) => executedLots === lots
    if (isFirst(maker)) this.#takeOff(maker.userId, FIRST_FILL_TAKES.maker)
    if (isFirst(taker) && liquidationId === null)
      this.#takeOff(taker.userId, FIRST_FILL_TAKES.taker)
  }

  #takeOff(userId: UserId, orders: number): void {
    const nowMs = this.#venueNowMs()
    for (const counter of [this.#orders10s, this.#ordersDay])
      counter.takeOff(`${userId}`, orders, nowMs)
  }

  /** Past the limit, what lowers a risk has as much again of its own (rule W8). */
  #spend(ip: string, name: string, weight: number, limit: number, lowersRisk: boolean): number {
    const nowMs = this.#nowMs()
    const used = this.#weights.add(name, weight, nowMs)
    const requests = this.#requests.add(addressBucket(ip), 1, nowMs)
    const { rawRequests } = this.limits
    if (used <= limit && requests <= rawRequests) return used
    if (lowersRisk && this.#weights.add(reliefOf(name), weight, nowMs) <= limit) return used
    const overruns = this.#overruns.add(addressBucket(ip), 1, nowMs)
    if (overruns > this.limits.overrunsToBan) this.#ban(addressBucket(ip), nowMs)
    if (requests > rawRequests) {
      const retryAfter = this.#requests.secondsLeft(nowMs)
      throw requestError('too_many_raw_requests', { limit: rawRequests }, retryAfter)
    }
    throw requestError('too_many_requests', { limit }, this.#weights.secondsLeft(nowMs))
  }

  /** Two minutes the first time, twice as long each time after, three days at most. */
  #ban(bucket: string, nowMs: number): void {
    const before = this.#bans.get(bucket)
    const lengthMs =
      before === undefined ? FIRST_BAN_MS : Math.min(before.lengthMs * 2, LONGEST_BAN_MS)
    if (this.#bans.size >= BANS_MAX) this.#bans.clear()
    this.#bans.set(bucket, { untilMs: nowMs + lengthMs, lengthMs })
  }
}

function reliefOf(name: string): string {
  return `${name} relief`
}

/** What clients placed by this command. Quotes are counted nowhere: they are the venue's own market makers'. */
function ordersOf(command: Command): readonly PlaceOrder[] {
  switch (command.type) {
    case 'PlaceOrder':
      return [command]
    case 'PlaceOrderList':
      return command.orders
    case 'CancelReplace':
      return [command.place]
    default:
      return []
  }
}

function tooManyOrders(limit: number, interval: string, counter: WindowCounter, nowMs: number) {
  return requestError('too_many_orders', { limit, interval }, counter.secondsLeft(nowMs))
}

/** The address counted by: an IPv6 client owns its whole /64. */
export function addressBucket(ip: string): string {
  if (!isIPv6(ip)) return ip
  if (ip.startsWith('::ffff:') && ip.includes('.')) return ip.slice(7)
  const [head = '', tail] = ip.split('::')
  const groups = head === '' ? [] : head.split(':')
  const tailGroups = tail === undefined || tail === '' ? [] : tail.split(':')
  if (tail !== undefined) {
    while (groups.length + tailGroups.length < 8) groups.push('0')
    groups.push(...tailGroups)
  }
  return `${groups.slice(0, 4).join(':')}::/64`
}
