import { beforeAll, expect, test } from 'vitest'
import type { SequencedCommand } from '../core/domain/command.ts'
import type { Event, EventType, Outcome } from '../core/domain/event.ts'
import type { AssetIndex } from '../core/domain/ids.ts'
import { decodeState, encodeState } from '../core/engine/snapshot.ts'
import type { ExchangeState } from '../core/engine/state.ts'
import { VENUE_ACCOUNT } from '../core/ledger/chart.ts'
import { createdUser, fundingCommands } from '../sandbox/liquidity.ts'
import { Prng } from '../server/feed/prng.ts'
import { Auditor } from './auditor.ts'
import { Session } from './session.ts'
import { simulationVenue } from './simulation-venue.ts'
import { Workload } from './workload.ts'

/** One run that has every kind of event, told again and again with one lie in it. */
const SEED = 29
const history: { sequenced: SequencedCommand; outcome: Outcome }[] = []
let state: ExchangeState

beforeAll(() => {
  const prng = new Prng(SEED)
  const session = new Session(Date.UTC(2026, 0, 5))
  session.observe((sequenced, outcome) => history.push({ sequenced, outcome }))
  session.submit({ type: 'OpenVenue', document: simulationVenue(prng) })
  const workload = new Workload(session, session.state.venue!, prng)
  session.submit(workload.drift())
  const maker = createdUser(session.submit({ type: 'CreateUser' }))
  const funds = fundingCommands(session.state.venue!, maker, session.state.prices, 3_000_000)
  for (const command of [...funds, ...workload.opening()]) session.submit(command)
  while (session.commands < 600) session.submit(workload.next())
  state = session.state
})

type Lie = (event: never) => Event | null

/** The audit of the run in which the last event of a type was changed by `lie`, or left out when that gives null. */
function auditedWith(type: EventType, lie: Lie): readonly string[] {
  const places = history.flatMap(({ outcome }, command) =>
    outcome.events.flatMap((event, place) => (event.type === type ? [{ command, place }] : [])),
  )
  const last = places.at(-1)
  expect(last, `the run has a ${type}`).toBeDefined()
  const auditor = new Auditor()
  for (const [command, { sequenced, outcome }] of history.entries()) {
    const events = outcome.events.flatMap((event, place) => {
      if (command !== last?.command || place !== last.place) return [event]
      return lie(event as never) ?? []
    })
    auditor.observe(sequenced, { ...outcome, events })
  }
  return auditor.finish(state, '').violations
}

test('the truth is found to be true', () => {
  expect(auditedWith('TradeExecuted', (event) => event)).toEqual([])
})

type Fields = Record<string, never> & Event

const more =
  (field: string): Lie =>
  (event: Fields) =>
    ({ ...event, [field]: event[field] + (1n as never) }) as Event

const none: Lie = () => null

test.each<readonly [type: EventType, what: string, lie: Lie]>([
  ['Deposited', 'of another sum', more('amount')],
  ['Deposited', 'left out', none],
  ['Transferred', 'of another sum', more('amount')],
  ['Transferred', 'left out', none],
  ['LoanTaken', 'of another sum', more('amount')],
  ['LoanTaken', 'left out', none],
  ['LoanRepaid', 'of more principal', more('principal')],
  ['LoanRepaid', 'of more interest', more('interest')],
  ['InterestCharged', 'of more interest', more('interest')],
  ['InterestCharged', 'on another principal', more('principal')],
  ['InterestCharged', 'left out', none],
  ['BalanceChanged', 'to another free balance', more('free')],
  ['BalanceChanged', 'to another lock', more('locked')],
  ['BalanceChanged', 'to another debt', more('borrowed')],
  ['TradeExecuted', 'of another quote', more('quote')],
  ['TradeExecuted', 'left out', none],
  [
    'TradeExecuted',
    'with another fee',
    (event: Extract<Event, { type: 'TradeExecuted' }>) => ({
      ...event,
      taker: { ...event.taker, fee: (event.taker.fee - 1n) as typeof event.quote },
    }),
  ],
  ['OrderAccepted', 'left out', none],
  ['OrderEnded', 'left out', none],
  ['LiquidationStarted', 'with more assets', more('assetsUsdt')],
  ['LiquidationStarted', 'left out', none],
  ['LiquidationOrderClosed', 'that gained more', more('gain')],
  ['BufferExplained', 'from elsewhere', more('from')],
  ['BufferExplained', 'to elsewhere', more('to')],
  ['LiquidationFinished', 'of more value', more('valueLiquidated')],
  ['LiquidationFinished', 'with a higher fee', more('clearanceFee')],
  ['LiquidationFinished', 'at a cost to the fund', more('fundPaid')],
])('a %s %s is a violation', (type, _what, lie) => {
  expect(auditedWith(type, lie)).not.toEqual([])
})

test('Q1 a liquidation at prices that do not call for it is a violation', () => {
  const started = history.findLast(
    ({ sequenced, outcome }) =>
      sequenced.command.type === 'SetIndexPrices' &&
      outcome.events.some(({ type }) => type === 'LiquidationStarted'),
  )
  const auditor = new Auditor()
  for (const { sequenced, outcome } of history) {
    const untold = sequenced === started?.sequenced
    const events = outcome.events.filter(({ type }) => !(untold && type === 'IndexPricesSet'))
    auditor.observe(sequenced, { ...outcome, events })
    if (untold) break
  }
  expect(auditor.violations.join('\n')).toMatch(/Q1 .*: above the liquidation level/)
})

test('a sequence that skips and time that runs backwards are violations', () => {
  const [first, second, third] = history
  const skipping = new Auditor()
  skipping.observe(first!.sequenced, first!.outcome)
  skipping.observe(third!.sequenced, third!.outcome)
  expect(skipping.violations[0]).toContain('sequence 3 is not the next')
  const backwards = new Auditor()
  backwards.observe(first!.sequenced, first!.outcome)
  backwards.observe({ ...second!.sequenced, timestampMs: 5 as never }, second!.outcome)
  expect(backwards.violations[0]).toContain('time runs backwards')
})

test('V13 fees that no trade paid are a violation', () => {
  const auditor = new Auditor()
  for (const { sequenced, outcome } of history) auditor.observe(sequenced, outcome)
  const altered = decodeState(encodeState(state))
  const asset = 0 as AssetIndex
  altered.ledger.move(asset, VENUE_ACCOUNT.external, 0, VENUE_ACCOUNT.tradingFees, 0, 1n)
  expect(auditor.finish(altered, '').violations.join('\n')).toMatch(/V13 the venue has/)
})
