import type { ListenTokens } from '../access/listen-tokens.ts'
import type { Connection } from './connection.ts'
import { CLOSE } from './connection.ts'
import type { Control, ControlId } from './control-frame.ts'
import { ControlError, parseJsonObject, readControl, readId } from './control-frame.ts'
import type { MarketListener, MarketStreams } from './market-streams.ts'
import type { StreamContext } from './stream-context.ts'
import type { UserStreams } from './user-streams.ts'

export interface StreamSources {
  readonly market: MarketStreams
  readonly users: UserStreams
  readonly listenTokens: ListenTokens
  readonly nowMs: () => number
  readonly onError: StreamContext['onError']
}

/** A connection to `/ws` or `/stream`: market streams, and user data by listen key. */
export class StreamConnection implements MarketListener {
  combined: boolean
  readonly #connection: Connection
  readonly #sources: StreamSources
  readonly #streamsMax: number
  readonly #names = new Set<string>()
  /** Listen keys among the names, and what ends them. */
  readonly #listenKeys = new Map<string, () => void>()

  constructor(
    connection: Connection,
    sources: StreamSources,
    streamsMax: number,
    combined: boolean,
  ) {
    this.#connection = connection
    this.#sources = sources
    this.#streamsMax = streamsMax
    this.combined = combined
    connection.socket.on('message', (data, binary) => {
      if (binary) connection.end(CLOSE.policy, 'Text frames only')
      else this.#receive(String(data))
    })
    connection.socket.on('close', () => this.#leaveAll())
  }

  send(frame: Buffer): void {
    this.#connection.send(frame)
  }

  /** Streams named in the path; what is no stream's name is passed over, as clients connect to `/ws/0`. */
  open(names: readonly string[]): void {
    this.#guarded(() => {
      for (const name of names.slice(0, this.#streamsMax)) this.#join(name)
    })
  }

  /** Says of listen keys that have run out that they have. */
  expire(): void {
    for (const [listenKey, leave] of this.#listenKeys) {
      if (this.#sources.listenTokens.find(listenKey) !== undefined) continue
      leave()
      this.#names.delete(listenKey)
      this.#listenKeys.delete(listenKey)
      this.#sendUserEvent(
        listenKey,
        JSON.stringify({ e: 'listenKeyExpired', E: this.#sources.nowMs(), listenKey }),
      )
    }
  }

  announceShutdown(): void {
    this.#reply({ e: 'serverShutdown', E: this.#sources.nowMs() })
  }

  #receive(text: string): void {
    if (!this.#connection.admitMessage(Date.now())) {
      this.#connection.end(CLOSE.policy, 'Too many requests')
      return
    }
    let id: ControlId = null
    this.#guarded(() => {
      try {
        const request = parseJsonObject(text)
        id = readId(request)
        this.#reply({ result: this.#act(readControl(request)), id })
      } catch (error) {
        if (!(error instanceof ControlError)) throw error
        this.#reply({ error: { code: error.code, msg: error.message }, id })
      }
    })
  }

  /** A venue that cannot be asked just now costs this connection, not the process. */
  #guarded(act: () => void): void {
    try {
      act()
    } catch (error) {
      this.#sources.onError?.(error, 'streams')
      this.#connection.end(CLOSE.failure, 'The venue could not be asked; please connect again')
    }
  }

  #act(control: Control): unknown {
    switch (control.method) {
      case 'SUBSCRIBE':
        return this.#subscribe(control.names)
      case 'UNSUBSCRIBE':
        for (const name of control.names) this.#leave(name)
        return null
      case 'LIST_SUBSCRIPTIONS':
        return [...this.#names]
      case 'SET_PROPERTY':
        this.combined = control.combined
        return null
      case 'GET_PROPERTY':
        return this.combined
    }
  }

  #subscribe(names: readonly string[]): null {
    const fresh = names.filter((name) => !this.#names.has(name))
    if (this.#names.size + fresh.length > this.#streamsMax)
      throw new ControlError(
        2,
        `Invalid request: at most ${this.#streamsMax} streams on one connection`,
      )
    for (const name of names)
      if (!this.#join(name))
        throw new ControlError(2, `Invalid request: there is no stream named "${name}"`)
    return null
  }

  #join(name: string): boolean {
    if (this.#names.has(name)) return true
    const joined = this.#sources.market.subscribe(name, this) || this.#joinUser(name)
    if (joined) this.#names.add(name)
    return joined
  }

  #joinUser(listenKey: string): boolean {
    const grant = this.#sources.listenTokens.find(listenKey)
    if (grant === undefined) return false
    const leave = this.#sources.users.listen(grant.userId, grant.account, (event) =>
      this.#sendUserEvent(listenKey, event),
    )
    this.#listenKeys.set(listenKey, leave)
    return true
  }

  #sendUserEvent(listenKey: string, event: string): void {
    this.#connection.send(this.combined ? `{"stream":"${listenKey}","data":${event}}` : event)
  }

  #leave(name: string): void {
    if (!this.#names.delete(name)) return
    this.#sources.market.unsubscribe(name, this)
    this.#listenKeys.get(name)?.()
    this.#listenKeys.delete(name)
  }

  #leaveAll(): void {
    for (const name of [...this.#names]) this.#leave(name)
  }

  #reply(answer: object): void {
    this.#connection.send(JSON.stringify(answer))
  }
}
