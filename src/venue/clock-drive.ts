import type { VenueClock } from '../server/sequencer/clock.ts'

/**
 * Sets the pace of a sandbox's clock. Up to the wall's pace the clock runs by itself. A faster one stands still between
 * beats and moves at each by what has passed, so that index prices can be sent anew at the very moment they age: on a
 * clock that ran a day a second, every price would be too old before anyone could use it.
 */
export class ClockDrive {
  readonly #clock: VenueClock
  readonly #wallNowMs: () => number
  #speed = 1
  #steppedWallMs = 0

  constructor(clock: VenueClock, wallNowMs: () => number, speed: number) {
    this.#clock = clock
    this.#wallNowMs = wallNowMs
    this.setSpeed(speed)
  }

  get speed(): number {
    return this.#speed
  }

  /** Venue milliseconds per wall millisecond, from now on. */
  setSpeed(speed: number): void {
    this.#clock.setSpeed(speed <= 1 ? speed : 0)
    this.#speed = speed
    this.#steppedWallMs = this.#wallNowMs()
  }

  /** Moves a clock that is driven in steps to where it should be; false when it runs by itself. */
  step(): boolean {
    if (this.#speed <= 1) return false
    const wallMs = this.#wallNowMs()
    this.#clock.advance(Math.floor((wallMs - this.#steppedWallMs) * this.#speed))
    this.#steppedWallMs = wallMs
    return true
  }
}
