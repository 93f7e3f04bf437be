import type { Parameters } from '../../wire/parameters.ts'
import { requestError } from '../../wire/request-error.ts'

export const RECEIVE_WINDOW_DEFAULT_MS = 5_000
export const RECEIVE_WINDOW_MAX_MS = 60_000
const AHEAD_MAX_MS = 1_000

const TIMESTAMP = /^[0-9]{1,17}$/
const RECEIVE_WINDOW = /^[0-9]{1,6}(\.[0-9]{1,3})?$/
/** From here on a timestamp is in microseconds: as milliseconds it would lie past the year 5000. */
const MICROSECONDS_FROM = 1e14

export interface RequestWindow {
  readonly timestampMs: number
  readonly receiveWindowMs: number
}

/** `timestamp` and `recvWindow`, read and in range. -1102, -1100, -1131. */
export function readWindow(parameters: Parameters): RequestWindow {
  const timestamp = parameters.requiredText('timestamp')
  if (!TIMESTAMP.test(timestamp)) {
    throw requestError('illegal_characters_in', { name: 'timestamp', legal: '^[0-9]{1,17}$' })
  }
  const value = Number(timestamp)
  return {
    timestampMs: value >= MICROSECONDS_FROM ? value / 1000 : value,
    receiveWindowMs: readReceiveWindow(parameters),
  }
}

function readReceiveWindow(parameters: Parameters): number {
  const text = parameters.text('recvWindow')
  if (text === undefined) return RECEIVE_WINDOW_DEFAULT_MS
  if (!RECEIVE_WINDOW.test(text)) {
    throw requestError('illegal_characters_in', {
      name: 'recvWindow',
      legal: '^[0-9]{1,6}(\\.[0-9]{1,3})?$',
    })
  }
  const window = Number(text)
  if (window === 0 || window > RECEIVE_WINDOW_MAX_MS) throw requestError('receive_window')
  return window
}

/**
 * Refuses what is too old or from the future by every one of `clocks` (rule W2). -1021.
 *
 * A sandbox gives its wall clock and its venue clock: clients stamp with the one or, after GET time, with the other.
 */
export function checkWindow(window: RequestWindow, clocks: readonly number[]): void {
  const late = (nowMs: number) => closedAt(window, nowMs)
  const early = (nowMs: number) => window.timestampMs >= nowMs + AHEAD_MAX_MS
  if (clocks.some((nowMs) => !late(nowMs) && !early(nowMs))) return
  const [first] = clocks
  throw requestError(first !== undefined && early(first) ? 'timestamp_early' : 'timestamp_late')
}

/** Whether a window that was open has closed by every one of `clocks`. */
export function isClosed(window: RequestWindow, clocks: readonly number[]): boolean {
  return clocks.every((nowMs) => closedAt(window, nowMs))
}

function closedAt({ timestampMs, receiveWindowMs }: RequestWindow, nowMs: number): boolean {
  return nowMs - timestampMs > receiveWindowMs
}
