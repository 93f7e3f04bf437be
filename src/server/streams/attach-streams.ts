import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Outcome } from '../../core/domain/event.ts'
import type { MarketView } from '../market/market-view.ts'
import { ApiConnection } from './api-connection.ts'
import type { RestEndpoint } from './api-methods.ts'
import { apiMethods } from './api-methods.ts'
import type { Connection, ConnectionLimits } from './connection.ts'
import { CLOSE, CONNECTION_LIMITS, Connections } from './connection.ts'
import { MarketStreams } from './market-streams.ts'
import { StreamConnection } from './stream-connection.ts'
import type { StreamContext } from './stream-context.ts'
import type { StreamTarget } from './stream-path.ts'
import { streamTarget } from './stream-path.ts'
import { UserStreams } from './user-streams.ts'

/** A thousand stream names fit. */
const MESSAGE_BYTES_MAX = 128 * 1024
const EXPIRE_EVERY_MS = 1_000
const CLOSE_WITHIN_MS = 500

export interface StreamDeps<Context extends StreamContext> {
  /** The gateway's own dependencies; its endpoints are called with them. */
  readonly gateway: Context
  /** What REST serves; the WebSocket API answers out of it. */
  readonly endpoints: readonly RestEndpoint<Context>[]
  /** Fed by the composition; it must have seen an outcome before the subscription here does. */
  readonly market: MarketView
  /** Calls back for each command, durable and applied, in order. */
  readonly subscribe: (listener: (outcome: Outcome) => void) => () => void
  readonly limits?: ConnectionLimits
  /** The client's address; without it the socket's peer, so give it behind a proxy. */
  readonly addressOf?: (request: IncomingMessage) => string
}

export interface Streams {
  readonly connections: number
  /** Hangs up on everyone, as after a restored snapshot: clients come back and start afresh. */
  disconnectAll(reason: string): void
  close(): Promise<void>
}

interface Attached {
  /** Ends what has run out. */
  expire(): void
  /** Tells the client that the venue is about to hang up. */
  announceShutdown(): void
}

/** Serves `/ws`, `/stream` and `/ws-api/v3` on the upgrades of `server`. */
export function attachStreams<Context extends StreamContext>(
  server: Server,
  deps: StreamDeps<Context>,
): Streams {
  const { gateway } = deps
  const nowMs = () => gateway.engine.nowMs()
  const market = new MarketStreams(deps.market, () => gateway.engine.venue, nowMs)
  const users = new UserStreams(gateway.engine)
  const connections = new Connections(deps.limits ?? CONNECTION_LIMITS)
  const attached = new Set<Attached>()
  const { listenTokens, onError } = gateway
  const listenSources = { market, users, listenTokens, nowMs, onError }
  const apiSources = { context: gateway, users, methods: apiMethods(deps.endpoints, gateway) }
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MESSAGE_BYTES_MAX,
  })

  const open = (connection: Connection, target: StreamTarget) => {
    if (target.kind === 'api')
      return new ApiConnection(connection, apiSources, target.returnRateLimits)
    const max = connections.limits.streamsPerConnectionMax
    const listener = new StreamConnection(connection, listenSources, max, target.combined)
    listener.open(target.names)
    return listener
  }

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const target = streamTarget(request.url ?? '/')
    if (target === null) return refuse(socket, '404 Not Found')
    if (!gateway.ready()) return refuse(socket, '503 Service Unavailable')
    const address = deps.addressOf?.(request) ?? request.socket.remoteAddress ?? ''
    if (!connections.admit(address, Date.now())) return refuse(socket, '429 Too Many Requests')
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      // A peer that breaks the protocol is hung up on by the library; there is no more to do about it.
      webSocket.on('error', () => undefined)
      const opened = open(connections.add(webSocket, socket, address), target)
      attached.add(opened)
      webSocket.on('close', () => attached.delete(opened))
    })
  }

  server.on('upgrade', upgrade)
  const stopListening = deps.subscribe((outcome) => users.apply(outcome, gateway.engine.venue))
  const expiry = setInterval(() => {
    for (const each of attached) each.expire()
  }, EXPIRE_EVERY_MS)
  expiry.unref()

  return {
    get connections() {
      return connections.size
    },
    disconnectAll: (reason) => connections.endAll(CLOSE.restart, reason),
    async close() {
      server.off('upgrade', upgrade)
      stopListening()
      clearInterval(expiry)
      market.close()
      for (const each of attached) each.announceShutdown()
      connections.endAll(CLOSE.restart, 'The venue is shutting down')
      await connections.drained(CLOSE_WITHIN_MS)
      connections.close()
    },
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => undefined)
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
