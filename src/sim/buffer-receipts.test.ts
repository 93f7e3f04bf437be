import { expect, test } from 'vitest'
import type { Event } from '../core/domain/event.ts'
import type { LiquidationId, UserId } from '../core/domain/ids.ts'
import type { ExchangeState } from '../core/engine/state.ts'
import { createdUser, fundingCommands } from '../sandbox/liquidity.ts'
import { Prng } from '../server/feed/prng.ts'
import { Auditor } from './auditor.ts'
import { Session } from './session.ts'
import { simulationVenue } from './simulation-venue.ts'
import { Workload } from './workload.ts'

/** 10,000 for the full proof: `HISTORIES=10000 npx vitest run src/sim/buffer-receipts.test.ts`. */
const HISTORIES = Number(process.env['HISTORIES'] ?? 40)
const FIRST_SEED = Number(process.env['SEED'] ?? 1)
const COMMANDS = 160

const RATE_SCALE = 10n ** 12n

/** T − k·D of a user's cross account from its balances, in 10⁻²⁸ USDT; what has no price counts for nothing. */
function bufferOf({ users, ledger, prices, venue }: ExchangeState, userId: UserId): bigint {
  const user = users[userId - 1]
  if (user === undefined || venue === null) return 0n
  const level = venue.policy.levels[user.leverage].liquidation
  let buffer = 0n
  for (const line of ledger.holdings(user.accounts.CROSS_MARGIN)) {
    const { asset, free, locked, principal, interest } = line
    buffer +=
      ((free + locked) * RATE_SCALE - (principal + interest) * level) * (prices[asset] ?? 0n)
  }
  return buffer
}

/**
 * Holds each explanation against buffers measured from outside: it begins with what the account had before the command
 * that first found it at or below its call level, and the changes sum to where it ends.
 */
class Receipts {
  readonly #state: ExchangeState
  readonly #before = new Map<UserId, bigint>()
  readonly #called = new Map<UserId, bigint>()
  readonly #isolated = new Set<LiquidationId>()
  explained = 0

  constructor(state: ExchangeState) {
    this.#state = state
  }

  beforeCommand(): void {
    for (const { id } of this.#state.users) this.#before.set(id, bufferOf(this.#state, id))
  }

  follow(event: Event, at: string): void {
    if (event.type === 'LiquidationStarted' && event.pair !== null) {
      this.#isolated.add(event.liquidationId)
    }
    const isCross = 'pair' in event && event.pair === null
    if (isCross && (event.type === 'MarginCalled' || event.type === 'LiquidationStarted')) {
      const { userId } = event
      if (!this.#called.has(userId)) this.#called.set(userId, this.#before.get(userId) ?? 0n)
    }
    if (isCross && event.type === 'MarginCallEnded') this.#called.delete(event.userId)
    if (event.type !== 'BufferExplained') return
    const { userId, from, to, lines, phase } = event
    const sum = lines.reduce((total, { change }) => total + change, from)
    expect(sum, `${at}: ${phase} of user ${userId}`).toBe(to)
    this.explained += 1
    // Of an isolated account the level goes with what it owes: the auditor measures where it ends.
    if (this.#isolated.has(event.liquidationId)) return
    expect(from, `${at}: ${phase} of user ${userId} begins`).toBe(this.#called.get(userId))
    if (phase === 'trigger') this.#called.set(userId, to)
    else this.#called.delete(userId)
  }
}

function live(seed: number): number {
  const prng = new Prng(seed)
  const session = new Session(Date.UTC(2026, 0, 5))
  const auditor = new Auditor()
  const receipts = new Receipts(session.state)
  session.observe((sequenced, outcome) => {
    auditor.observe(sequenced, outcome)
    for (const event of outcome.events) {
      receipts.follow(event, `seed ${seed}, command ${sequenced.sequence}`)
    }
  })
  session.submit({ type: 'OpenVenue', document: simulationVenue(prng) })
  const workload = new Workload(session, session.state.venue!, prng)
  session.submit(workload.drift())
  const maker = createdUser(session.submit({ type: 'CreateUser' }))
  const funds = fundingCommands(session.state.venue!, maker, session.state.prices, 3_000_000)
  for (const command of [...funds, ...workload.opening()]) session.submit(command)
  while (session.commands < COMMANDS) {
    const command = workload.next()
    receipts.beforeCommand()
    session.submit(command)
  }
  // What else the auditor looks at is the simulation's to prove.
  const ofLiquidation = auditor.violations.filter((violation) => /: Q\d+ /.test(violation))
  expect(ofLiquidation, `seed ${seed}`).toEqual([])
  return receipts.explained
}

test(`Q7 in ${HISTORIES} random histories all that moved a buffer sums to the last place, from where it was last safe`, () => {
  let explained = 0
  for (let seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed += 1) explained += live(seed)
  expect(explained).toBeGreaterThan(HISTORIES)
})
