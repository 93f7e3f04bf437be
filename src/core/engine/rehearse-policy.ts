import type { PolicyChangeId } from '../domain/ids.ts'
import type { NamedAccount, PolicyRehearsal } from '../domain/operator-answer.ts'
import type { PolicySetting } from '../domain/policy-setting.ts'
import type { Refusal } from '../domain/rejection.ts'
import { bandsOf } from './accounts-at-risk.ts'
import { earliestEffect, enact, isPlannedPolicy, planPolicy } from './change-policy.ts'
import { marginOf } from './margin-account.ts'
import { NOTHING_BUT_CHANGES, settle } from './settle.ts'
import { decodeState, encodeState } from './snapshot.ts'
import type { ExchangeState } from './state.ts'
import { beginCommand } from './state.ts'

/**
 * Rule O1: what the settings would do if they took effect now, by letting them: on a copy of the whole venue, with the
 * liquidations that follow. Costs a snapshot and its reading, and so is for operators alone.
 */
export function rehearsePolicy(
  state: ExchangeState,
  settings: readonly PolicySetting[],
): PolicyRehearsal | Refusal {
  const plan = planPolicy(state, settings)
  if (!isPlannedPolicy(plan)) return plan
  const { document, changes, loosening } = plan
  const copy = decodeState(encodeState(state))
  const before = bandsOf(copy)
  beginCommand(copy)
  enact(copy, document, 0 as PolicyChangeId)
  settle(copy, NOTHING_BUT_CHANGES)
  const after = bandsOf(copy)
  const told = (type: 'LiquidationStarted' | 'MarginCalled'): NamedAccount[] =>
    copy.events.flatMap((event) =>
      event.type === type ? [{ userId: event.userId, pair: event.pair }] : [],
    )
  const accounts = [...new Set([...before.keys(), ...after.keys()])].sort((a, b) => a - b)
  return {
    sequence: state.sequence,
    changes,
    loosening,
    earliestMs: earliestEffect(state, loosening),
    accounts: before.size,
    bandChanges: accounts.flatMap((account) => {
      const from = before.get(account) ?? 'NO_DEBT'
      const to = after.get(account) ?? 'NO_DEBT'
      const { user, pair } = marginOf(state, account)
      return from === to ? [] : [{ userId: user.id, pair, from, to }]
    }),
    marginCalls: told('MarginCalled'),
    liquidations: told('LiquidationStarted'),
  }
}
