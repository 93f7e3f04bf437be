import type { SequencedCommand } from '../core/domain/command.ts'
import type { Outcome } from '../core/domain/event.ts'
import type { Sequence, SymbolIndex, TimestampMs, UserId } from '../core/domain/ids.ts'
import type { Order } from '../core/domain/order.ts'
import { remainingLots } from '../core/domain/order.ts'
import { parseVenue } from '../core/domain/parse-venue.ts'
import type { VenueDocument } from '../core/domain/venue-document.ts'
import { ask } from '../core/engine/ask.ts'
import { apply } from '../core/engine/engine.ts'
import { assertSound } from '../core/engine/invariants.ts'
import { decodeState, encodeState } from '../core/engine/snapshot.ts'
import type { ExchangeState } from '../core/engine/state.ts'
import { createState } from '../core/engine/state.ts'
import { DepthFromEvents } from './order-fuzz-depth.ts'
import { ReferenceMarket } from './reference-market.ts'
import { eventLine, refusalLine } from './reference-market-lines.ts'

export const FUZZ_START_MS = 1_767_225_600_000
const LEVELS = 1_000

/** Where engine and model disagree. */
export interface FuzzDifference {
  /** What was compared: the events, or what stands afterwards. */
  readonly what: string
  readonly engine: readonly string[]
  readonly model: readonly string[]
}

/** The engine and the model side by side. */
export class Duel {
  readonly model: ReferenceMarket
  readonly #fromEvents = new DepthFromEvents()
  #engine: ExchangeState = createState()
  /** Rule T24. */
  #lastId = 0

  constructor(document: VenueDocument) {
    this.model = new ReferenceMarket(parseVenue(document))
    const timestampMs = FUZZ_START_MS as TimestampMs
    apply(this.#engine, {
      sequence: 1 as Sequence,
      timestampMs,
      command: { type: 'OpenVenue', document },
    })
  }

  /** The same command to both; null: they agree on what it did and on what stands afterwards. */
  step(sequenced: SequencedCommand): FuzzDifference | null {
    let outcome: Outcome
    try {
      outcome = apply(this.#engine, sequenced)
    } catch (error) {
      return { what: 'the engine stopped', engine: [String(error)], model: [] }
    }
    const difference = compare('events', outcomeLines(outcome), this.model.apply(sequenced))
    if (difference !== null) return difference
    for (const event of outcome.events) {
      this.#fromEvents.take(event)
      if (event.type !== 'OrderAccepted') continue
      const { userId, clientOrderId, id } = event.order
      if (id <= this.#lastId) {
        return { what: 'order ids rise', engine: [`${id} after ${this.#lastId}`], model: [] }
      }
      this.#lastId = id
      this.model.learn(userId, clientOrderId, id)
    }
    return this.#compareStates()
  }

  #compareStates(): FuzzDifference | null {
    for (let user = 1; user <= this.model.state.users.length; user += 1) {
      const userId = user as UserId
      const open = ask(this.#engine, 'openOrders', { userId, wallet: 'SPOT', symbol: null })
      const difference =
        compare(
          `open orders of ${user}`,
          open.map((order) => orderText(order)),
          this.model.openOrders(userId),
        ) ?? compare(`balances of ${user}`, this.#balances(userId), this.model.balances(userId))
      if (difference !== null) return difference
    }
    for (const { index } of this.model.state.venue.symbols) {
      const difference = this.#compareDepth(index)
      if (difference !== null) return difference
    }
    const states = ask(this.#engine, 'symbolStates', {}).map((one) => `${one.state} ${one.untilMs}`)
    const expected = this.model.state.symbols.map((one) => `${one.state} ${one.untilMs}`)
    return compare('states', states, expected) ?? this.#compareLists()
  }

  #compareLists(): FuzzDifference | null {
    const { users, lists } = this.model.state
    const open = users.flatMap(({ userId }) =>
      ask(this.#engine, 'openOrderLists', { userId, wallet: 'SPOT', symbol: null }),
    )
    const text = (list: { userId: number; id: number; kind: string }, name: string) =>
      `${list.userId} ${list.id} ${list.kind} ${name}`
    return compare(
      'open lists',
      open.map((list) => text(list, list.clientListId)),
      users.flatMap(({ userId }) =>
        lists.filter((list) => list.userId === userId).map((list) => text(list, list.name)),
      ),
    )
  }

  #balances(userId: UserId): string[] {
    const lines = ask(this.#engine, 'balances', { userId, wallet: 'SPOT' })
    return this.model.state.venue.assets.map(({ index }) => {
      const line = lines.find(({ asset }) => asset === index)
      return `${line?.free ?? 0n}/${line?.locked ?? 0n}`
    })
  }

  #compareDepth(symbol: SymbolIndex): FuzzDifference | null {
    for (const side of ['BUY', 'SELL'] as const) {
      const depth = ask(this.#engine, 'depth', { symbol, side, levels: LEVELS })
      const place = `depth of ${symbol} ${side}`
      const difference =
        compare(
          place,
          depth.map((level) => level.join(' ')),
          this.model.depth(symbol, side).map((level) => level.join(' ')),
        ) ??
        compare(
          `${place} by events`,
          this.#fromEvents.levels(symbol, side),
          depth.map(([price, lots]) => `${price} ${lots}`),
        )
      if (difference !== null) return difference
    }
    return null
  }

  /** The engine as it was, written down and read again; what it does from now on must be the same. */
  restore(): FuzzDifference | null {
    try {
      assertSound(this.#engine)
      this.#engine = decodeState(encodeState(this.#engine))
      assertSound(this.#engine)
    } catch (error) {
      return { what: 'the engine is not sound', engine: [String(error)], model: [] }
    }
    return this.#compareStates()
  }
}

function outcomeLines({ events, refusal }: Outcome): string[] {
  const lines = [...events.map(eventLine), refusalLine(refusal)]
  return lines.filter((line) => line !== null)
}

function orderText(order: Readonly<Order>): string {
  const { side, type, lots, price, stage, status, executedLots, executedQuote } = order
  const terms = `${side} ${type} ${lots}@${price}`
  const left = Math.max(0, remainingLots(order))
  const done = `${executedLots}/${executedQuote} prevented ${order.preventedLots} left ${left}`
  return `${order.userId}/${order.clientOrderId} of ${order.symbol} ${terms} ${stage} ${status} ${done} list ${order.listId}`
}

function compare(
  what: string,
  engine: readonly string[],
  model: readonly string[],
): FuzzDifference | null {
  const same = engine.length === model.length && engine.every((line, at) => line === model[at])
  return same ? null : { what, engine, model }
}

/** Plays commands until there is a difference; null: there is none. */
export function playDuel(document: VenueDocument, commands: readonly SequencedCommand[]) {
  const duel = new Duel(document)
  for (const [at, { timestampMs, command }] of commands.entries()) {
    const sequenced = { sequence: (at + 2) as Sequence, timestampMs, command }
    const difference = duel.step(sequenced)
    if (difference !== null) return { commands: commands.slice(0, at + 1), difference }
  }
  return null
}
