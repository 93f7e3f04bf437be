import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'
import { WindowCounter } from '../access/window-counter.ts'

export interface ConnectionLimits {
  /** Bytes that may wait for a slow reader. */
  readonly bufferedMax: number
  readonly pingEveryMs: number
  readonly pongWithinMs: number
  readonly lifeMs: number
  readonly connectionsMax: number
  readonly connectionsPerAddressMax: number
  /** Connections that one address may begin in five minutes. */
  readonly attemptsMax: number
  readonly streamsPerConnectionMax: number
  /** A listener's control frames: so many a second, after so many at once. */
  readonly messagesPerSecond: number
  readonly messagesBurst: number
}

/** Binance's figures, but for the burst: its clients subscribe to everything in their first second. */
export const CONNECTION_LIMITS: ConnectionLimits = {
  bufferedMax: 8 * 1024 * 1024,
  pingEveryMs: 20_000,
  pongWithinMs: 60_000,
  lifeMs: 24 * 3_600_000,
  connectionsMax: 20_000,
  connectionsPerAddressMax: 2_000,
  attemptsMax: 300,
  streamsPerConnectionMax: 1_024,
  messagesPerSecond: 5,
  messagesBurst: 100,
}

/** A test suite on one's own machine connects as often as it likes. */
export const SANDBOX_CONNECTION_LIMITS: ConnectionLimits = {
  ...CONNECTION_LIMITS,
  attemptsMax: 60_000,
}

const ATTEMPTS_WINDOW_MS = 300_000

export const CLOSE = { policy: 1008, failure: 1011, restart: 1012 } as const
const TERMINATE_AFTER_MS = 2_000

/** One WebSocket, with what keeps one reader from costing the others. */
export class Connection {
  readonly socket: WebSocket
  readonly address: string
  readonly connectedMs: number
  lastHeardMs: number
  /** What the frames are written to. */
  readonly #wire: Duplex
  readonly #limits: ConnectionLimits
  #gathering = false
  #credit: number
  #creditMs: number

  constructor(
    socket: WebSocket,
    wire: Duplex,
    address: string,
    limits: ConnectionLimits,
    nowMs: number,
  ) {
    this.socket = socket
    this.#wire = wire
    this.address = address
    this.connectedMs = nowMs
    this.lastHeardMs = nowMs
    this.#limits = limits
    this.#credit = limits.messagesBurst
    this.#creditMs = nowMs
  }

  /** Sends one text frame, or ends the connection when the reader is too far behind. */
  send(frame: Buffer | string): void {
    if (this.socket.readyState !== WebSocket.OPEN) return
    if (this.socket.bufferedAmount > this.#limits.bufferedMax) {
      this.end(CLOSE.policy, 'Reading too slowly')
      return
    }
    this.#gather()
    this.socket.send(frame, { binary: false })
  }

  /** Frames of one turn go out in one write: a system call costs more than a frame. */
  #gather(): void {
    if (this.#gathering) return
    this.#gathering = true
    this.#wire.cork()
    process.nextTick(() => {
      this.#gathering = false
      this.#wire.uncork()
    })
  }

  /** Says why, and hangs up soon after: a peer that does not read would never answer the close. */
  end(code: number, reason: string): void {
    if (this.socket.readyState !== WebSocket.OPEN) return
    this.socket.close(code, reason)
    setTimeout(() => this.socket.terminate(), TERMINATE_AFTER_MS).unref()
  }

  /** False when the peer sends more than it may. */
  admitMessage(nowMs: number): boolean {
    const { messagesBurst, messagesPerSecond } = this.#limits
    const earned = ((nowMs - this.#creditMs) / 1000) * messagesPerSecond
    this.#credit = Math.min(messagesBurst, this.#credit + earned) - 1
    this.#creditMs = nowMs
    return this.#credit >= 0
  }
}

/** All open connections: counts them, and asks each every while whether it is still there. */
export class Connections {
  readonly limits: ConnectionLimits
  readonly #open = new Set<Connection>()
  readonly #perAddress = new Map<string, number>()
  readonly #attempts = new WindowCounter(ATTEMPTS_WINDOW_MS)
  readonly #timer: NodeJS.Timeout

  constructor(limits: ConnectionLimits) {
    this.limits = limits
    this.#timer = setInterval(() => this.#sweep(), limits.pingEveryMs)
    this.#timer.unref()
  }

  get size(): number {
    return this.#open.size
  }

  /** Counts the attempt, and says whether it may become a connection. */
  admit(address: string, nowMs: number): boolean {
    if (this.#attempts.add(address, 1, nowMs) > this.limits.attemptsMax) return false
    const ofAddress = this.#perAddress.get(address) ?? 0
    return (
      this.#open.size < this.limits.connectionsMax &&
      ofAddress < this.limits.connectionsPerAddressMax
    )
  }

  add(socket: WebSocket, wire: Duplex, address: string): Connection {
    const connection = new Connection(socket, wire, address, this.limits, Date.now())
    this.#open.add(connection)
    this.#perAddress.set(address, (this.#perAddress.get(address) ?? 0) + 1)
    const heard = () => {
      connection.lastHeardMs = Date.now()
    }
    socket.on('pong', heard)
    socket.on('message', heard)
    socket.on('close', () => this.#remove(connection))
    return connection
  }

  endAll(code: number, reason: string): void {
    for (const connection of this.#open) connection.end(code, reason)
  }

  /** Resolves when none is open any more, or after `withinMs`. */
  async drained(withinMs: number): Promise<void> {
    const sockets = [...this.#open].map(({ socket }) => socket)
    const closed = sockets.map((socket) => new Promise((resolve) => socket.on('close', resolve)))
    const late = new Promise((resolve) => setTimeout(resolve, withinMs).unref())
    await Promise.race([Promise.all(closed), late])
  }

  close(): void {
    clearInterval(this.#timer)
    for (const connection of this.#open) connection.socket.terminate()
  }

  #remove(connection: Connection): void {
    if (!this.#open.delete(connection)) return
    const left = (this.#perAddress.get(connection.address) ?? 1) - 1
    if (left > 0) this.#perAddress.set(connection.address, left)
    else this.#perAddress.delete(connection.address)
  }

  #sweep(): void {
    const nowMs = Date.now()
    for (const connection of this.#open) {
      if (nowMs - connection.lastHeardMs > this.limits.pongWithinMs) connection.socket.terminate()
      else if (nowMs - connection.connectedMs > this.limits.lifeMs)
        connection.end(CLOSE.restart, 'Connected for a day; please connect again')
      else connection.socket.ping(`${nowMs}`)
    }
  }
}
