import { requestError } from '../../wire/request-error.ts'

const REMEMBERED_MAX = 200_000

/**
 * Remembers the signatures of requests that move money until their window has closed: the same bytes are not taken twice.
 * Orders are left out, as two equal orders in one millisecond are legitimate; they have client order ids for this.
 */
export class ReplayGuard {
  /** Signature → wall time at which it may be forgotten; in order of arrival. */
  readonly #seen = new Map<string, number>()

  /** -1022 when this signature was already taken. */
  take(signature: string, nowMs: number, forgetAtMs: number): void {
    this.#forget(nowMs)
    if (this.#seen.has(signature)) throw requestError('signature_used')
    this.#seen.set(signature, forgetAtMs)
  }

  #forget(nowMs: number): void {
    for (const [signature, forgetAtMs] of this.#seen) {
      if (forgetAtMs > nowMs && this.#seen.size < REMEMBERED_MAX) return
      this.#seen.delete(signature)
    }
  }
}
