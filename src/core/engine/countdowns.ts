import type { TradingWallet } from '../domain/command.ts'
import type { SymbolIndex, TimestampMs, UserId } from '../domain/ids.ts'

/** A dead man's switch that runs (rule T22). */
export interface Countdown {
  readonly userId: UserId
  readonly wallet: TradingWallet
  /** Null: every symbol. */
  readonly symbol: SymbolIndex | null
  readonly dueMs: TimestampMs
}

export type CountdownScope = Omit<Countdown, 'dueMs'>

const NEVER = Number.POSITIVE_INFINITY

/** The countdowns that run: at most one for each user, wallet and symbol. */
export class Countdowns {
  readonly #running = new Map<string, Countdown>()
  #nextMs = NEVER

  /** When the first of them is due; infinity: none runs. */
  get nextMs(): number {
    return this.#nextMs
  }

  /** Starts or restarts one; a due time of null stops it. */
  set(scope: CountdownScope, dueMs: TimestampMs | null): void {
    const key = `${scope.userId}/${scope.wallet}/${scope.symbol ?? '*'}`
    this.#running.delete(key)
    if (dueMs !== null) this.#running.set(key, { ...scope, dueMs })
    this.#nextMs = NEVER
    for (const countdown of this.#running.values()) {
      if (countdown.dueMs < this.#nextMs) this.#nextMs = countdown.dueMs
    }
  }

  /** Those due by `nowMs`, in order of their time, then of their user, wallet and symbol. They no longer run. */
  takeDue(nowMs: number): Countdown[] {
    const due = this.all().filter(({ dueMs }) => dueMs <= nowMs)
    for (const countdown of due) this.set(countdown, null)
    return due
  }

  all(): Countdown[] {
    return [...this.#running.values()].sort(
      (a, b) =>
        a.dueMs - b.dueMs ||
        a.userId - b.userId ||
        (a.wallet === b.wallet ? 0 : a.wallet < b.wallet ? -1 : 1) ||
        (a.symbol ?? -1) - (b.symbol ?? -1),
    )
  }
}
