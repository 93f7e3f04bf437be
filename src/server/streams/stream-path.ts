/** Where an upgrade wants to go. */
export type StreamTarget =
  | { readonly kind: 'api'; readonly returnRateLimits: boolean }
  | { readonly kind: 'listen'; readonly combined: boolean; readonly names: readonly string[] }

/**
 * Null: nothing is served there.
 *
 * `/ws/a/b` and `/stream?streams=a/b` name streams; any other segment is passed over, as clients number their
 * connections (`/ws/0`). `/stream/ws/…` is `/ws/…` under an address that some clients know a spot market by.
 */
export function streamTarget(url: string): StreamTarget | null {
  const at = url.indexOf('?')
  const query = new URLSearchParams(at === -1 ? '' : url.slice(at + 1))
  const segments = (at === -1 ? url : url.slice(0, at))
    .split('/')
    .filter((segment) => segment !== '')
    .map(decodeSegment)
  const [first, second] = segments
  if (first === 'ws-api')
    return second === 'v3'
      ? { kind: 'api', returnRateLimits: query.get('returnRateLimits') !== 'false' }
      : null
  // A plus is part of a name here, not a blank: `btcusdt@kline_1d@+08:00`.
  const streams = (query.get('streams') ?? '').replaceAll(' ', '+')
  const queried = streams.split('/').filter((name) => name !== '')
  if (first === 'ws') return { kind: 'listen', combined: false, names: segments.slice(1) }
  if (first !== 'stream') return null
  if (second === 'ws') return { kind: 'listen', combined: false, names: segments.slice(2) }
  return { kind: 'listen', combined: true, names: [...queried, ...segments.slice(1)] }
}

/** A segment that is not well-formed is no stream's name, which is no error. */
function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
