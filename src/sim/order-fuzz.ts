import type { Command, SequencedCommand } from '../core/domain/command.ts'
import type { Outcome } from '../core/domain/event.ts'
import type { Sequence, SymbolIndex, TimestampMs, UserId } from '../core/domain/ids.ts'
import type { Order } from '../core/domain/order.ts'
import { remainingLots } from '../core/domain/order.ts'
import { parseVenue } from '../core/domain/parse-venue.ts'
import { ask } from '../core/engine/ask.ts'
import { apply } from '../core/engine/engine.ts'
import { assertSound } from '../core/engine/invariants.ts'
import { decodeState, encodeState } from '../core/engine/snapshot.ts'
import type { ExchangeState } from '../core/engine/state.ts'
import { createState } from '../core/engine/state.ts'
import { Prng } from '../server/feed/prng.ts'
import { FuzzCommands } from './order-fuzz-commands.ts'
import { DepthFromEvents } from './order-fuzz-depth.ts'
import type { FuzzFeature, FuzzPlan } from './order-fuzz-venue.ts'
import { drawFuzzPlan } from './order-fuzz-venue.ts'
import { ReferenceMarket } from './reference-market.ts'
import { eventLine, refusalLine } from './reference-market-lines.ts'

const START_MS = 1_767_225_600_000
/** How often the engine is put away as a snapshot, read again and looked through. */
const SNAPSHOT_EVERY = 1_000
const LEVELS = 1_000

/** Where engine and model disagree. */
export interface FuzzDifference {
  /** What was compared: the events, or what stands afterwards. */
  readonly what: string
  readonly engine: readonly string[]
  readonly model: readonly string[]
}

export interface FuzzFailure {
  readonly seed: number
  readonly step: number
  readonly difference: FuzzDifference
  readonly document: FuzzPlan['document']
  /** As few commands as were found that show a difference, the last of which does. */
  readonly commands: readonly SequencedCommand[]
}

/** One seed: the same commands to the engine and to the model, compared after each. Null: they agree. */
export function fuzzOrders(
  seed: number,
  steps: number,
  without: ReadonlySet<FuzzFeature> = new Set(),
): FuzzFailure | null {
  const prng = new Prng(seed)
  const plan = drawFuzzPlan(prng, without)
  const duel = new Duel(plan)
  const commands = new FuzzCommands(plan, prng, duel.model)
  const history: SequencedCommand[] = []
  let nowMs = START_MS
  const submit = (command: Command): FuzzDifference | null => {
    const sequenced = {
      sequence: (history.length + 2) as Sequence,
      timestampMs: nowMs as TimestampMs,
      command,
    }
    history.push(sequenced)
    return duel.step(sequenced)
  }
  for (const command of commands.opening()) submit(command)
  const opening = history.length
  for (let step = 1; step <= steps; step += 1) {
    nowMs += commands.pauseMs()
    let difference = submit(commands.next())
    if (difference === null && step % SNAPSHOT_EVERY === 0) difference = duel.restore()
    if (difference !== null) return shrunk({ seed, step, plan, history, opening }, difference)
  }
  return null
}

/** The engine and the model side by side. */
class Duel {
  readonly model: ReferenceMarket
  readonly #fromEvents = new DepthFromEvents()
  #engine: ExchangeState = createState()
  /** Rule T24. */
  #lastId = 0

  constructor(plan: FuzzPlan) {
    const { document } = plan
    this.model = new ReferenceMarket(parseVenue(document))
    const timestampMs = START_MS as TimestampMs
    apply(this.#engine, {
      sequence: 1 as Sequence,
      timestampMs,
      command: { type: 'OpenVenue', document },
    })
  }

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

const SHRINKING_STEPS = 400_000

interface Course {
  readonly seed: number
  readonly step: number
  readonly plan: FuzzPlan
  readonly history: readonly SequencedCommand[]
  /** How many commands give the users their funds; without those it would be another story. */
  readonly opening: number
}

/** Takes commands away, in ever smaller pieces, as long as a difference of the same kind remains. */
function shrunk(course: Course, found: FuzzDifference): FuzzFailure {
  const { seed, step, plan, history, opening } = course
  let best = { commands: history, difference: found }
  let budget = SHRINKING_STEPS
  for (let size = Math.ceil(history.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = best.commands.length - size; at >= opening && budget > 0; at -= size) {
      const fewer = [...best.commands.slice(0, at), ...best.commands.slice(at + size)]
      budget -= fewer.length
      const still = replay(plan, fewer)
      if (still !== null && kindOf(still.difference) === kindOf(found)) best = still
    }
  }
  return { seed, step, document: plan.document, ...best }
}

/** Plays commands anew until there is a difference; null: there is none. */
function replay(plan: FuzzPlan, commands: readonly SequencedCommand[]) {
  const duel = new Duel(plan)
  for (const [at, { timestampMs, command }] of commands.entries()) {
    const sequenced = { sequence: (at + 2) as Sequence, timestampMs, command }
    const difference = duel.step(sequenced)
    if (difference !== null) return { commands: commands.slice(0, at + 1), difference }
  }
  return null
}

/** The first words in which the two differ, without numbers: what may stand for the same mistake. */
export function kindOf({ what, engine, model }: FuzzDifference): string {
  const at = Math.max(
    engine.findIndex((line, index) => line !== model[index]),
    model.findIndex((line, index) => line !== engine[index]),
  )
  const plain = (line = 'nothing') => line.replace(/\d+\/[a-z]\d+/g, 'who').replace(/\d+/g, 'n')
  return `${plain(what)}: ${plain(engine[at])}, not ${plain(model[at])}`
}

/** A failure as it is read: what differs, and the commands that show it. */
export function failureText({ seed, step, difference, commands, document }: FuzzFailure): string {
  const { what, engine, model } = difference
  return [
    `seed ${seed}, step ${step}: ${what}`,
    'engine:',
    ...engine.map((line) => `  ${line}`),
    'model:',
    ...model.map((line) => `  ${line}`),
    `commands (${commands.length}):`,
    ...commands.map((one) => `  ${JSON.stringify(one, bigintText)}`),
    `trading: ${JSON.stringify(document.policy.trading)}`,
    `rules: ${JSON.stringify(document.symbols.map(({ orderRules }) => orderRules))}`,
  ].join('\n')
}

function bigintText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}
