import type { Command } from '../../core/domain/command.ts'
import type { WalletReference } from '../../core/domain/wallet.ts'
import { Overloaded } from './sequencer-error.ts'

const BATCH_COMMANDS_MAX = 1_024
const BATCH_BYTES_MAX = 2 ** 20
/** What is kept free beyond the bound for commands that do not wait behind orders. */
const RESERVE_PART = 10

export interface Queued {
  readonly command: Command
  readonly payload: Buffer
}

/**
 * Commands that were taken and are not yet written. First come, first served, until more than one batch waits: then
 * what lowers a risk goes before others' orders, and it finds room where an order finds none (rule J13). No sender's
 * commands ever change places with each other.
 */
export class CommandQueue<Entry extends Queued> {
  readonly #max: number
  readonly #reserve: number
  readonly #ordinary: Entry[] = []
  readonly #urgent: Entry[] = []

  constructor(max: number) {
    this.#max = max
    this.#reserve = Math.ceil(max / RESERVE_PART)
  }

  get length(): number {
    return this.#ordinary.length + this.#urgent.length
  }

  /** Throws `Overloaded` when there is no room for a command of this kind. */
  checkRoom(command: Command): void {
    const room = this.#max + (addsRisk(command) ? 0 : this.#reserve)
    if (this.length >= room) throw new Overloaded(this.length)
  }

  push(entry: Entry): void {
    if (this.#mayOvertake(entry.command)) this.#urgent.push(entry)
    else this.#ordinary.push(entry)
  }

  /** The next batch, taken off the queue. Of a full one half is for orders, so that they go on as well. */
  takeBatch(): Entry[] {
    const half = BATCH_COMMANDS_MAX / 2
    const urgent = this.#ordinary.length > half ? half : BATCH_COMMANDS_MAX
    const batch = takeFrom(this.#urgent, urgent, BATCH_BYTES_MAX / 2)
    const rest = BATCH_COMMANDS_MAX - batch.length
    return batch.concat(takeFrom(this.#ordinary, rest, BATCH_BYTES_MAX))
  }

  /** All that is left, taken off the queue. */
  takeAll(): Entry[] {
    return [...this.#urgent.splice(0), ...this.#ordinary.splice(0)]
  }

  /** While everything fits into one batch there is nothing to overtake. */
  #mayOvertake(command: Command): boolean {
    if (this.#ordinary.length < BATCH_COMMANDS_MAX || addsRisk(command)) return false
    const sender = senderOf(command)
    return !this.#ordinary.some((entry) => senderOf(entry.command) === sender)
  }
}

function takeFrom<Entry extends Queued>(queue: Entry[], max: number, bytesMax: number): Entry[] {
  let count = 0
  let bytes = 0
  while (count < queue.length && count < max && bytes < bytesMax) {
    bytes += queue[count]?.payload.length ?? 0
    count += 1
  }
  return queue.splice(0, count)
}

/** Whose command it is; the venue's own, such as prices and the clock, have no user and are one sender together. */
function senderOf(command: Command): number | undefined {
  if (command.type === 'CancelReplace') return command.place.userId
  return 'userId' in command ? command.userId : undefined
}

/** Orders, loans, and transfers but for those into margin from outside. Everything else lowers a risk, or is the venue's own. */
function addsRisk(command: Command): boolean {
  switch (command.type) {
    case 'PlaceOrder':
    case 'PlaceOrderList':
    case 'CancelReplace':
    case 'AmendOrder':
    case 'MassQuote':
    case 'Borrow':
      return true
    case 'Transfer':
      return isOutside(command.to) || !isOutside(command.from)
    default:
      return false
  }
}

/** Outside margin nothing is at risk. */
function isOutside(wallet: WalletReference): boolean {
  return wallet === 'SPOT' || wallet === 'FUNDING'
}
