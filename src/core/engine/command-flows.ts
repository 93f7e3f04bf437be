import type { Event } from '../domain/event.ts'
import type { SymbolIndex, UserId } from '../domain/ids.ts'
import type { Venue } from '../domain/venue.ts'
import type { Flow } from '../liquidation/buffer-account.ts'
import { flowsOf } from '../liquidation/flows.ts'

/** What moved in the running command, by margin account, as far as its events were looked through: with their places among them. */
export interface CommandFlows {
  sequence: number
  events: number
  readonly byAccount: Map<string, { readonly at: number; readonly flow: Flow }[]>
  /** Where index prices moved, at most once a command; -1: not yet. */
  pricedAt: number
}

const NOT_PRICED = -1

export function createCommandFlows(): CommandFlows {
  return { sequence: -1, events: 0, byAccount: new Map(), pricedAt: NOT_PRICED }
}

/** Brings `flows` up to the last event of the running command. */
export function catchUp(
  flows: CommandFlows,
  sequence: number,
  events: readonly Event[],
  venue: Venue,
): CommandFlows {
  if (flows.sequence !== sequence) {
    flows.sequence = sequence
    flows.events = 0
    flows.pricedAt = NOT_PRICED
    flows.byAccount.clear()
  }
  for (; flows.events < events.length; flows.events += 1) {
    const event = events[flows.events]
    if (event === undefined) break
    if (event.type === 'IndexPricesSet') flows.pricedAt = flows.events
    const at = flows.events
    flowsOf(event, venue, (userId, pair, flow) => {
      const name = nameOf(userId, pair)
      let moved = flows.byAccount.get(name)
      if (moved === undefined) {
        moved = []
        flows.byAccount.set(name, moved)
      }
      moved.push({ at, flow })
    })
  }
  return flows
}

/** What moved in one margin account, in order, with the places of the events that tell of it. */
export function movedIn(
  flows: CommandFlows,
  { user, pair }: { readonly user: { readonly id: UserId }; readonly pair: SymbolIndex | null },
): readonly { readonly at: number; readonly flow: Flow }[] {
  return flows.byAccount.get(nameOf(user.id, pair)) ?? []
}

function nameOf(userId: UserId, pair: SymbolIndex | null): string {
  return pair === null ? `${userId}` : `${userId}/${pair}`
}
