/** Where the sequencer takes the time from. */
export interface Clock {
  /** Whole milliseconds since the Unix epoch, never fewer than before. */
  nowMs(): number
  /** Told once, after recovery: history has come to this time already. */
  continueFrom?(ms: number): void
}

/**
 * The venue's time: the wall's, or one that runs faster, slower or not at all, and can be moved ahead. The only
 * reader of wall time. It never runs backwards, whatever the wall does.
 */
export class VenueClock implements Clock {
  readonly #wallNowMs: () => number
  #speed: number
  #anchorMs: number
  #anchorWallMs: number
  #latestMs: number

  /** Starts at `startMs` (the wall's time when left out), running at `speed`; 0 is frozen. */
  constructor(wallNowMs: () => number, startMs = wallNowMs(), speed = 1) {
    checkSpeed(speed)
    this.#wallNowMs = wallNowMs
    this.#speed = speed
    this.#anchorMs = startMs
    this.#anchorWallMs = wallNowMs()
    this.#latestMs = Math.floor(startMs)
  }

  get speed(): number {
    return this.#speed
  }

  nowMs(): number {
    const passedMs = (this.#wallNowMs() - this.#anchorWallMs) * this.#speed
    this.#latestMs = Math.max(this.#latestMs, Math.floor(this.#anchorMs + passedMs))
    return this.#latestMs
  }

  /** Moves ahead at once. Raises a `RangeError` for a step back. */
  advance(ms: number): void {
    if (!Number.isFinite(ms) || ms < 0)
      throw new RangeError(`the clock cannot be moved by ${ms} ms: it runs only forwards`)
    this.#anchor(this.nowMs() + ms)
  }

  /** Venue milliseconds per wall millisecond, from now on. */
  setSpeed(speed: number): void {
    checkSpeed(speed)
    this.#anchor(this.nowMs())
    this.#speed = speed
  }

  continueFrom(ms: number): void {
    if (ms > this.nowMs()) this.#anchor(ms)
  }

  #anchor(ms: number): void {
    this.#anchorMs = ms
    this.#anchorWallMs = this.#wallNowMs()
    this.#latestMs = Math.max(this.#latestMs, Math.floor(ms))
  }
}

function checkSpeed(speed: number): void {
  if (!Number.isFinite(speed) || speed < 0)
    throw new RangeError(`a clock cannot run at speed ${speed}`)
}
