import { createHash } from 'node:crypto'
import { assert } from '../core/assert.ts'
import type { Command, SequencedCommand } from '../core/domain/command.ts'
import type { Event, OrderEndCause, Outcome } from '../core/domain/event.ts'
import type { AccountStanding, PreviewAnswer } from '../core/domain/question.ts'
import { apply } from '../core/engine/engine.ts'
import { assertSound } from '../core/engine/invariants.ts'
import { marginFor } from '../core/engine/preview-command.ts'
import { accountStanding } from '../core/engine/preview-order.ts'
import { decodeState, encodeState } from '../core/engine/snapshot.ts'
import type { ExchangeState } from '../core/engine/state.ts'
import { createState, userOf } from '../core/engine/state.ts'
import { createdUser, fundingCommands } from '../sandbox/liquidity.ts'
import { Prng } from '../server/feed/prng.ts'
import { Auditor } from './auditor.ts'
import { checkRehearsal, rehearseApproval } from './rehearsal-check.ts'
import { Session } from './session.ts'
import { SimulationCoverage } from './simulation-coverage.ts'
import { drawVenue, SimulationWorkload } from './simulation-workload.ts'

export interface SimulationResult {
  readonly seed: number
  readonly commands: number
  readonly events: number
  readonly refused: number
  readonly liquidations: number
  /** How often it met which feature. */
  readonly seen: ReadonlyMap<string, number>
  readonly stateHash: string
  /** What did not hold, after which command; null when all did. */
  readonly failure: string | null
}

/** A Monday's start, so that days and hours in a failure are easy to read. */
const START_MS = Date.UTC(2026, 0, 5)
const MAKER_USDT = 3_000_000
/** One order in so many is previewed first, and one refused command in so many is compared byte for byte. */
const PREVIEW_ONE_IN = 4
const REFUSAL_ONE_IN = 24
/** One seed in so many has operators who change its policy. */
const OPERATORS_ONE_IN = 5
const OPERATORS_AT = 2

/**
 * One seeded run of random commands through the engine. After every command the engine's own invariants are checked
 * from scratch and an auditor with a model of its own follows along; at the end, and from a snapshot half way, the
 * same commands must lead to the same bytes.
 */
export function simulate(seed: number, commands: number): SimulationResult {
  const run = new Run(seed)
  let failure: string | null = null
  try {
    run.play(commands)
  } catch (error) {
    failure = `after command ${run.session.commands} (${run.lastCommand}): ${messageOf(error)}`
  }
  const { events, refused, liquidations } = run
  return {
    seed,
    commands: run.session.commands,
    events,
    refused,
    liquidations,
    seen: run.coverage.seen,
    stateHash: failure === null ? hashOf(run.session.state) : '',
    failure,
  }
}

interface Preview {
  readonly answer: PreviewAnswer
  /** Of the account that the preview is of, once the command has been carried out. */
  readonly standing: () => AccountStanding
}

class Run {
  readonly session = new Session(START_MS)
  readonly coverage = new SimulationCoverage()
  readonly #prng: Prng
  readonly #auditor = new Auditor()
  readonly #history: { readonly sequenced: SequencedCommand; readonly told: string }[] = []
  readonly #operators: boolean
  lastCommand = ''
  events = 0
  refused = 0
  liquidations = 0

  constructor(seed: number) {
    this.#prng = new Prng(seed)
    this.#operators = seed % OPERATORS_ONE_IN === OPERATORS_AT
    this.session.observe((sequenced, outcome) => this.#watch(sequenced, outcome))
  }

  play(commands: number): void {
    const document = drawVenue(this.#prng)
    this.#submit({ type: 'OpenVenue', document })
    const { venue } = this.session.state
    assert(venue !== null, 'a simulation has its venue')
    const workload = new SimulationWorkload(this.session, venue, this.#prng, this.#operators)
    this.#submit(workload.drift())
    const maker = createdUser(this.#submit({ type: 'CreateUser' }))
    for (const command of fundingCommands(venue, maker, this.session.state.prices, MAKER_USDT)) {
      this.#submit(command)
    }
    for (const command of workload.opening()) this.#submit(command)
    let half: { bytes: Uint8Array; at: number } | null = null
    while (this.session.commands < commands) {
      if (half === null && this.session.commands >= commands / 2) {
        half = { bytes: encodeState(this.session.state), at: this.#history.length }
      }
      this.#submit(workload.next())
    }
    this.#checkAudit()
    this.#checkReplay(createState(), 0, 'from the beginning')
    if (half !== null) this.#checkReplay(decodeState(half.bytes), half.at, 'from a snapshot')
  }

  #submit(command: Command): Outcome {
    this.lastCommand = describe(command)
    const preview = this.#previewOf(command)
    const rehearsed = rehearseApproval(this.session, command)
    const before = this.#prng.chance(1 / REFUSAL_ONE_IN) ? this.#unclocked() : null
    const { nowMs: beforeMs, triggers } = this.session.state
    const nothingDue = triggers.isEmpty
    const outcome = this.session.submit(command)
    assertSound(this.session.state)
    if (preview !== null) this.#checkPreview(preview, outcome)
    if (rehearsed !== null) checkRehearsal(this.session, rehearsed, outcome)
    // What time or an earlier trade had in store happens with any command, refused or not (rule T10).
    const unchanged =
      outcome.refusal !== null && nothingDue && beforeMs === this.session.state.nowMs
    if (before !== null && unchanged && !isPartial(outcome)) {
      assert(before === this.#unclocked(), 'a refused command changes nothing')
    }
    return outcome
  }

  #watch(sequenced: SequencedCommand, outcome: Outcome): void {
    this.#history.push({ sequenced, told: JSON.stringify(outcome, text) })
    this.coverage.observe(outcome.events)
    this.events += outcome.events.length
    if (outcome.refusal !== null) this.refused += 1
    for (const { type } of outcome.events) if (type === 'LiquidationStarted') this.liquidations += 1
    this.#auditor.observe(sequenced, outcome)
    const [violation] = this.#auditor.violations
    assert(violation === undefined, `the audit holds, but ${violation}`)
  }

  /** Every line of the state but the first, which holds the clock. */
  #unclocked(): string {
    const text = Buffer.from(encodeState(this.session.state)).toString()
    return text.slice(text.indexOf('\n'))
  }

  #previewOf(command: Command): Preview | null {
    // The clock would move between the question and the command: only what is asked at the same time is the same.
    if (this.session.state.nowMs !== this.session.nowMs) return null
    switch (command.type) {
      case 'PlaceOrder': {
        if (command.wallet !== 'CROSS_MARGIN' || !this.#prng.chance(1 / PREVIEW_ONE_IN)) return null
        const answer = this.session.ask('previewOrder', { place: command })
        const { userId } = command
        return { answer, standing: () => this.session.ask('marginAccount', { userId }).standing }
      }
      case 'Transfer':
      case 'Borrow':
      case 'Repay':
      case 'SetMarginMode': {
        const answer = this.session.ask('previewCommand', { command })
        const { state } = this.session
        const user = userOf(state, command.userId)
        assert(user !== undefined, 'what is previewed is of a user who exists')
        return {
          answer,
          standing: () => accountStanding(state, marginFor(state, user, command), null),
        }
      }
      default:
        return null
    }
  }

  #checkPreview({ answer: preview, standing: stand }: Preview, outcome: Outcome): void {
    const same = JSON.stringify(preview.refusal, text) === JSON.stringify(outcome.refusal, text)
    assert(same, 'a preview is refused for the reason the command is')
    if (preview.after === null) return
    if (outcome.events.some(isSetOff)) return
    const standing = stand()
    for (const field of ['marginLevel', 'collateralMarginLevel', 'equity', 'buffer'] as const) {
      const shown = preview.after[field]
      assert(
        shown === standing[field],
        `a preview equals the outcome: ${field} ${shown} became ${standing[field]}`,
      )
    }
  }

  #checkAudit(): void {
    const { violations } = this.#auditor.finish(this.session.state, '')
    assert(violations.length === 0, `the audit holds, but ${violations[0]}`)
  }

  #checkReplay(state: ExchangeState, from: number, what: string): void {
    for (const { sequenced, told } of this.#history.slice(from)) {
      const again = JSON.stringify(apply(state, sequenced), text)
      assert(again === told, `command ${sequenced.sequence} does the same ${what}`)
    }
    const same = hashOf(state) === hashOf(this.session.state)
    assert(same, `the same commands ${what} lead to the same state`)
    assert(hashOf(decodeState(encodeState(state))) === hashOf(state), 'a snapshot loses nothing')
  }
}

/** How orders end that a preview of another does not rehearse. */
const SET_OFF: ReadonlySet<OrderEndCause> = new Set(['list', 'refused'])

/** What a command sets off is more than its preview shows: liquidations, triggers, lists. */
function isSetOff(event: Event): boolean {
  if (event.type === 'LiquidationStarted' || event.type === 'OrderActivated') return true
  return event.type === 'OrderEnded' && SET_OFF.has(event.cause)
}

function isPartial(outcome: Outcome): boolean {
  return outcome.refusal?.reason === 'cancel_replace_partly'
}

function hashOf(state: ExchangeState): string {
  return createHash('sha256').update(encodeState(state)).digest('hex')
}

function describe(command: Command): string {
  const { document: _document, ...rest } = { document: null, ...command }
  return JSON.stringify(rest, text)
}

function text(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
