import type { PerformanceEntry } from 'node:perf_hooks'
import { constants, PerformanceObserver } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What the types of Node do not say of an entry of type `gc`. */
type GcEntry = PerformanceEntry & { readonly detail: { readonly kind: number } }

interface Pause {
  readonly startMs: number
  readonly durationMs: number
  readonly isMajor: boolean
}

/** What garbage collection took while something was timed. */
export interface Pauses {
  readonly count: number
  readonly milliseconds: number
  /** Collections of the old generation among them, whole or a step of one. */
  readonly major: number
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Watches garbage collection inside what it times, and collects before, so that a run pays for no other's garbage. */
export class PauseWatch {
  readonly #pauses: Pause[] = []
  readonly #windows: [startMs: number, endMs: number][] = []
  readonly #observer = new PerformanceObserver((list) => {
    for (const { startTime, duration, detail } of list.getEntries() as GcEntry[]) {
      const isMajor = detail.kind !== constants.NODE_PERFORMANCE_GC_MINOR
      this.#pauses.push({ startMs: startTime, durationMs: duration, isMajor })
    }
  })

  constructor() {
    this.#observer.observe({ entryTypes: ['gc'] })
  }

  /** Does the work; the milliseconds that it took. */
  time(work: () => void): number {
    collect()
    const startMs = performance.now()
    work()
    const endMs = performance.now()
    this.#windows.push([startMs, endMs])
    return endMs - startMs
  }

  /** The pauses in all that was timed, which ends the watch. */
  async end(): Promise<Pauses> {
    // The observer is told in a later turn.
    await new Promise((resolve) => setTimeout(resolve, 50))
    this.#observer.disconnect()
    const inside = this.#pauses.filter(({ startMs }) =>
      this.#windows.some(([start, end]) => startMs >= start && startMs < end),
    )
    return {
      count: inside.length,
      milliseconds: inside.reduce((sum, { durationMs }) => sum + durationMs, 0),
      major: inside.filter(({ isMajor }) => isMajor).length,
    }
  }
}

/** Collects all garbage. The memory behind typed arrays is given back by the collection after the one that finds it. */
export function collectGarbage(): void {
  collect()
  collect()
}
