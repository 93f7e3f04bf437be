import { assert } from '../core/assert.ts'
import type { Command } from '../core/domain/command.ts'
import type { Outcome } from '../core/domain/event.ts'
import type { NamedAccount, PolicyRehearsal } from '../core/domain/operator-answer.ts'
import { isRefusal } from '../core/domain/question.ts'
import { bandsOf } from '../core/engine/accounts-at-risk.ts'
import { marginOf } from '../core/engine/margin-account.ts'
import type { MarginAccount } from '../core/engine/state.ts'
import type { Session } from './session.ts'

export interface Rehearsed {
  readonly rehearsal: PolicyRehearsal
  readonly before: ReturnType<typeof bandsOf>
}

/** Rule O1: what an approval is about to do, when it does it at once and nothing else is due; else null. */
export function rehearseApproval(session: Session, command: Command): Rehearsed | null {
  const { state } = session
  if (command.type !== 'ApprovePolicyChange') return null
  const change = state.policyChanges.find(command.policyChangeId)
  if (change === undefined || change.approvedBy !== null) return null
  if (state.nowMs !== session.nowMs || !state.triggers.isEmpty) return null
  if (change.effectMs > state.nowMs || state.policyChanges.nextMs <= state.nowMs) return null
  const { settings } = change
  const rehearsal = session.ask('policyRehearsal', { settings })
  return isRefusal(rehearsal) ? null : { rehearsal, before: bandsOf(state) }
}

/** The accounts that changed band, were called and were liquidated are those that the rehearsal named, and no other. */
export function checkRehearsal(
  session: Session,
  { rehearsal, before }: Rehearsed,
  { events, refusal }: Outcome,
): void {
  if (refusal !== null) return
  const after = bandsOf(session.state)
  const accounts = [...new Set([...before.keys(), ...after.keys()])].sort((a, b) => a - b)
  const changed = accounts.flatMap((account) => {
    const [from, to] = [before.get(account) ?? 'NO_DEBT', after.get(account) ?? 'NO_DEBT']
    return from === to ? [] : [`${nameOf(marginOf(session.state, account))} ${from} ${to}`]
  })
  const told = (type: 'MarginCalled' | 'LiquidationStarted'): string[] =>
    events.flatMap((event) => (event.type === type ? [`${event.userId}/${event.pair}`] : []))
  const same = (have: readonly string[], rehearsed: readonly string[], what: string): void =>
    assert(have.join() === rehearsed.join(), `O1 a rehearsal equals the outcome: ${what}`)
  const named = ({ userId, pair }: NamedAccount): string => `${userId}/${pair}`
  const rehearsed = rehearsal.bandChanges.map((each) => `${named(each)} ${each.from} ${each.to}`)
  same(changed, rehearsed, 'bands')
  same(told('MarginCalled'), rehearsal.marginCalls.map(named), 'margin calls')
  same(told('LiquidationStarted'), rehearsal.liquidations.map(named), 'liquidations')
}

function nameOf({ user, pair }: MarginAccount): string {
  return `${user.id}/${pair}`
}
