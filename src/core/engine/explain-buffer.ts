import { present } from '../assert.ts'
import type { AccountId, AssetIndex, LiquidationId } from '../domain/ids.ts'
import type { BufferAccount, Line } from '../liquidation/buffer-account.ts'
import {
  bufferOf,
  linesOf,
  noteFlow,
  noteLevel,
  notePrices,
  noteRest,
  restart,
} from '../liquidation/buffer-account.ts'
import type { CommandFlows } from './command-flows.ts'
import { catchUp, movedIn } from './command-flows.ts'
import { levelsOf, marginOf } from './margin-account.ts'
import type { ExchangeState } from './state.ts'

/**
 * Rule Q7: from here on it is kept what moves the account's buffer, beginning with the running command: before it the
 * account was above its call level.
 */
export function openBuffer(state: ExchangeState, account: AccountId): BufferAccount {
  const flows = flowsOfCommand(state)
  const margin = marginOf(state, account)
  const level = levelsOf(state, margin).liquidation
  const lines = new Map<AssetIndex, Line>()
  const lineAt = (asset: AssetIndex): Line => {
    let line = lines.get(asset)
    if (line === undefined) {
      const price = state.pricesBefore.has(asset)
        ? state.pricesBefore.get(asset)
        : state.prices[asset]
      line = { held: 0n, owed: 0n, price: price ?? 0n }
      lines.set(asset, line)
    }
    return line
  }
  state.ledger.forEachHolding(account, (asset, held, owed) => {
    const line = lineAt(asset)
    line.held = held
    line.owed = owed
  })
  for (const { flow } of movedIn(flows, margin)) {
    const line = lineAt(flow.asset)
    line.held -= flow.held
    line.owed -= flow.owed
  }
  const buffer: BufferAccount = {
    sinceMs: state.nowMs,
    level,
    start: bufferOf({ lines, level }),
    lines,
    changes: new Map(),
    sequence: state.sequence,
    noted: 0,
  }
  state.buffers.set(account, buffer)
  noteBuffer(state, account, buffer)
  return buffer
}

/** Accounts for everything since the last time. To be called in every command that moves what the account holds or owes. */
export function noteBuffer(state: ExchangeState, account: AccountId, buffer: BufferAccount): void {
  const flows = flowsOfCommand(state)
  const margin = marginOf(state, account)
  const from = buffer.sequence === state.sequence ? buffer.noted : 0
  let priced = flows.pricedAt < from
  for (const { at, flow } of movedIn(flows, margin)) {
    if (at < from) continue
    if (!priced && at > flows.pricedAt) {
      notePrices(buffer, state.prices)
      priced = true
    }
    noteFlow(buffer, flow, state.prices)
  }
  notePrices(buffer, state.prices)
  noteLevel(buffer, levelsOf(state, margin).liquidation)
  state.ledger.forEachHolding(account, (asset, held, owed) => {
    noteRest(buffer, asset, { held, owed }, state.prices)
  })
  for (const asset of buffer.lines.keys()) {
    const held = state.ledger.held(account, asset)
    noteRest(buffer, asset, { held, owed: state.ledger.owed(account, asset) }, state.prices)
  }
  buffer.sequence = state.sequence
  buffer.noted = flows.events
}

/** Tells what moved the buffer since the account was last above its call level, or since its liquidation began. */
export function explainBuffer(
  state: ExchangeState,
  account: AccountId,
  liquidationId: LiquidationId,
  phase: 'trigger' | 'closing',
): void {
  let buffer = state.buffers.get(account)
  if (buffer === undefined) buffer = openBuffer(state, account)
  else noteBuffer(state, account, buffer)
  state.events.push({
    type: 'BufferExplained',
    liquidationId,
    userId: marginOf(state, account).user.id,
    phase,
    sinceMs: buffer.sinceMs,
    from: buffer.start,
    to: bufferOf(buffer),
    lines: linesOf(buffer),
  })
  if (phase === 'closing') state.buffers.delete(account)
  else restart(buffer, state.nowMs)
}

function flowsOfCommand({ commandFlows, sequence, events, venue }: ExchangeState): CommandFlows {
  return catchUp(commandFlows, sequence, events, present(venue, 'a venue is open'))
}
