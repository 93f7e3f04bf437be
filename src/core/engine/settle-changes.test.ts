import { expect, test } from 'vitest'
import { Prng } from '../../server/feed/prng.ts'
import { Session } from '../../sim/session.ts'
import { drawVenue, SimulationWorkload } from '../../sim/simulation-workload.ts'
import { present } from '../assert.ts'
import type { AccountId } from '../domain/ids.ts'
import { areCalm, reviewAccounts } from './settle-changes.ts'
import { encodeState } from './snapshot.ts'
import { START_MS } from './test-exchange.ts'

const SEEDS = Number(process.env['SEEDS'] ?? 10)
const COMMANDS = Number(process.env['COMMANDS'] ?? 250)

/** A venue with its first user, and what is to be done there. */
function opened(session: Session, prng: Prng): SimulationWorkload {
  session.submit({ type: 'OpenVenue', document: drawVenue(prng) })
  const venue = present(session.state.venue, 'the venue was opened')
  const workload = new SimulationWorkload(session, venue, prng, false)
  session.submit({ type: 'CreateUser' })
  for (const { index: asset } of venue.assets) {
    const amount = (10n ** 15n) as never
    session.submit({ type: 'Deposit', userId: 1 as never, wallet: 'SPOT', asset, amount })
  }
  for (const command of workload.opening()) session.submit(command)
  return workload
}

test('L5 Q1 after any command, reviewing an account that was passed over as calm would do nothing', {
  timeout: 600_000,
}, () => {
  let reviewed = 0
  let restless = 0
  // Few seeds bring an account near a threshold: it goes on until some have.
  for (let seed = 1; seed <= SEEDS || (restless <= SEEDS && seed <= 10 * SEEDS); seed += 1) {
    const prng = new Prng(seed)
    const session = new Session(START_MS)
    const { state } = session
    const workload = opened(session, prng)
    while (session.commands < COMMANDS) {
      const command = workload.next()
      session.submit(command)
      const accounts = state.users.map(({ accounts }) => accounts.CROSS_MARGIN)
      const calm = accounts.filter((account) => areCalm(state, [account]))
      restless += accounts.length - calm.length
      reviewed += calm.filter((account) => state.indebted.has(account)).length
      const before = encodeState(state)
      reviewAccounts(state, new Set(calm), [])
      const at = `seed ${seed}, command ${session.commands}: ${command.type}`
      expect(state.events, at).toEqual([])
      expect(Buffer.compare(encodeState(state), before), at).toBe(0)
    }
  }
  expect(reviewed).toBeGreaterThan(SEEDS * 10)
  expect(restless).toBeGreaterThan(SEEDS)
})

test('Q1 Q8 a history whose every account is measured at each command has the same outcomes and state', {
  timeout: 600_000,
}, () => {
  let started = 0
  let spared = 0
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const prng = new Prng(seed + 1_000)
    const watched = new Session(START_MS)
    const naive = new Session(START_MS)
    watched.observe((sequenced, outcome) => {
      const { state } = naive
      for (const account of state.indebted.members()) state.watchlist.note(account as AccountId)
      naive.at(watched.nowMs)
      const beside = naive.submit(sequenced.command)
      const at = `seed ${seed}, command ${sequenced.sequence}: ${sequenced.command.type}`
      expect(beside, at).toEqual(outcome)
      started += outcome.events.filter(({ type }) => type === 'LiquidationStarted').length
    })
    const workload = opened(watched, prng)
    while (watched.commands < COMMANDS) watched.submit(workload.next())
    expect(Buffer.compare(encodeState(watched.state), encodeState(naive.state))).toBe(0)
    spared += naive.state.watchlist.measured - watched.state.watchlist.measured
  }
  expect(started).toBeGreaterThan(0)
  expect(spared).toBeGreaterThan(SEEDS * 10)
})
