import { expect, test } from 'vitest'
import type { SequencedCommand } from '../core/domain/command.ts'
import type { Event, EventOf, EventType, Outcome } from '../core/domain/event.ts'
import { assertSound } from '../core/engine/invariants.ts'
import type { ExchangeState } from '../core/engine/state.ts'
import { Prng } from '../server/feed/prng.ts'
import { Auditor } from './auditor.ts'
import { OrderWorkload, orderVenue } from './order-workload.ts'
import { Session } from './session.ts'

/** `AUDIT_SEEDS=1000 vitest run src/sim/audit-orders` for more than a change needs. */
const SEEDS = Number(process.env['AUDIT_SEEDS'] ?? 12)
const FIRST_SEED = Number(process.env['AUDIT_SEED'] ?? 1)
const COMMANDS = Number(process.env['AUDIT_COMMANDS'] ?? 500)

interface Run {
  readonly history: readonly { sequenced: SequencedCommand; outcome: Outcome }[]
  readonly state: ExchangeState
}

/** A run of every kind of order. */
function played(seed: number): Run {
  const prng = new Prng(seed)
  const session = new Session(Date.UTC(2026, 0, 5))
  const history: Run['history'][number][] = []
  session.observe((sequenced, outcome) => history.push({ sequenced, outcome }))
  session.submit({ type: 'OpenVenue', document: orderVenue(prng) })
  const workload = new OrderWorkload(session, session.state.venue!, prng)
  for (const command of workload.opening()) session.submit(command)
  while (session.commands < COMMANDS) session.submit(workload.next())
  return { history, state: session.state }
}

test('V1 V3 the auditor finds the same balances and locks under every kind of order', () => {
  const seen = new Map<EventType, number>()
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed += 1) {
    const { history, state } = played(seed)
    const auditor = new Auditor()
    for (const { sequenced, outcome } of history) {
      auditor.observe(sequenced, outcome)
      for (const { type } of outcome.events) seen.set(type, (seen.get(type) ?? 0) + 1)
    }
    assertSound(state)
    expect([seed, ...auditor.finish(state, '').violations]).toEqual([seed])
  }
  const needed: EventType[] = [
    'TradeExecuted',
    'OrderActivated',
    'OrderAmended',
    'SelfTradePrevented',
    'OrderListChanged',
    'LoanTaken',
  ]
  expect(needed.filter((type) => (seen.get(type) ?? 0) < 10)).toEqual([])
})

/** One run, told again and again with one lie in it. */
const run = played(1)

/** The audit of the run in which the last event that `lie` knows was changed by it; null leaves it out. */
function auditedWith<T extends EventType>(
  type: T,
  lie: (event: EventOf<T>) => Event | null | undefined,
): readonly string[] {
  const places = run.history.flatMap(({ outcome }, command) =>
    outcome.events.flatMap((event, place) => {
      if (event.type !== type) return []
      const told = lie(event as EventOf<T>)
      return told === undefined ? [] : [{ command, place, told }]
    }),
  )
  const last = places.at(-1)
  expect(last, `the run has a ${type} for this`).toBeDefined()
  const auditor = new Auditor()
  for (const [command, { sequenced, outcome }] of run.history.entries()) {
    const events = outcome.events.flatMap((event, place) => {
      if (command !== last?.command || place !== last.place) return [event]
      return last.told ?? []
    })
    auditor.observe(sequenced, { ...outcome, events })
  }
  return auditor.finish(run.state, '').violations
}

/** A lie about one kind of event, of any of them for the table's sake. */
const about =
  <T extends EventType>(type: T, lie: (event: EventOf<T>) => Event | null | undefined) =>
  () =>
    auditedWith(type, lie)

test.each<readonly [what: string, audit: () => readonly string[], violation: RegExp]>([
  ['T11 an activation left out', about('OrderActivated', () => null), /./],
  [
    'T11 an order that steps back',
    about('OrderActivated', (event) =>
      event.order.stage === 'WORKING'
        ? { ...event, order: { ...event.order, stage: 'PENDING' } }
        : undefined,
    ),
    /T11/,
  ],
  ['T16 an amendment left out', about('OrderAmended', () => null), /./],
  [
    'T16 an amendment that raises',
    about('OrderAmended', (event) => ({
      ...event,
      order: { ...event.order, lots: (event.originalLots + 1) as typeof event.originalLots },
    })),
    /T16/,
  ],
  ['T6 a prevented match left out', about('SelfTradePrevented', () => null), /./],
  [
    'T6 a prevented match of two who may trade',
    about('TradeGroupSet', (event) => ({ ...event, tradeGroupId: 77 })),
    /T6/,
  ],
  [
    'T6 a prevented match that took more off',
    about('SelfTradePrevented', (event) => {
      const { taker } = event
      if (taker.lots === 0) return undefined
      return { ...event, taker: { ...taker, lots: (taker.lots + 1) as typeof taker.lots } }
    }),
    /T6/,
  ],
  [
    'T12 a list that is done before its orders',
    about('OrderListChanged', (event) =>
      event.change === 'PLACED' ? { ...event, change: 'ALL_DONE' } : undefined,
    ),
    /T12/,
  ],
  [
    'T12 a list’s end left out',
    about('OrderListChanged', (e) => (e.change === 'ALL_DONE' ? null : undefined)),
    /T12/,
  ],
  [
    'T24 an order id used again',
    about('OrderAccepted', (event) => ({
      ...event,
      order: { ...event.order, id: 1 as typeof event.order.id },
    })),
    /T24/,
  ],
  [
    'T2 a trade at another price than the maker’s',
    about('TradeExecuted', (event) => ({
      ...event,
      price: (event.price + 1) as typeof event.price,
    })),
    /T2 /,
  ],
  [
    'T27 another fee',
    about('TradeExecuted', (event) => ({
      ...event,
      maker: { ...event.maker, fee: (event.maker.fee + 1n) as typeof event.maker.fee },
    })),
    /T27/,
  ],
  [
    'an end with other lots',
    about('OrderEnded', (event) => ({
      ...event,
      remainingLots: (event.remainingLots + 1) as typeof event.remainingLots,
    })),
    /other lots/,
  ],
])('%s is a violation', (_what, audit, violation) => {
  expect(audit().join('\n')).toMatch(violation)
})

test('the run with lies is without them found to be true', () => {
  expect(auditedWith('TradeExecuted', (event) => event)).toEqual([])
})
