import { requestError } from '../../wire/request-error.ts'
import { WireError } from '../../wire/wire-error.ts'
import type { ApiKey } from '../access/api-key.ts'
import { failureError } from '../gateway/failure-error.ts'
import { orderCountRows } from '../gateway/rate-limit-rows.ts'
import { ApiAccess } from './api-access.ts'
import type { ApiMethod } from './api-methods.ts'
import type { ApiRequest } from './api-request.ts'
import { parseApiFrame, readApiId, readApiRequest } from './api-request.ts'
import { ApiSubscriptions } from './api-subscriptions.ts'
import type { Connection } from './connection.ts'
import { CLOSE } from './connection.ts'
import type { ControlId } from './control-frame.ts'
import type { StreamContext } from './stream-context.ts'
import type { UserStreams } from './user-streams.ts'

/** Requests that may be under way at once on one connection. */
const PENDING_MAX = 1_000
const SESSION_WEIGHT = 2

type Answer = { readonly result: unknown } | { readonly error: WireError }

/** What is counted beside weights: orders, once a request placed some. */
interface Counted {
  orders: { readonly tenSeconds: number; readonly day: number } | null
}

interface Session {
  readonly apiKey: string
  readonly userId: ApiKey['userId']
  readonly authorizedSince: number
}

export interface ApiSources {
  readonly context: StreamContext
  readonly methods: ReadonlyMap<string, ApiMethod>
  readonly users: UserStreams
}

/** A connection to `/ws-api/v3`: requests with answers by id, a session by Ed25519 key, and user data in between. */
export class ApiConnection {
  readonly #connection: Connection
  readonly #sources: ApiSources
  readonly #access: ApiAccess
  readonly #subscriptions: ApiSubscriptions
  readonly #connectedSince: number
  #returnRateLimits: boolean
  #session: Session | null = null
  #pending = 0
  /** Weight of this connection's address in the minute of its last request. */
  #usedWeight = 0

  constructor(connection: Connection, sources: ApiSources, returnRateLimits: boolean) {
    this.#connection = connection
    this.#sources = sources
    this.#returnRateLimits = returnRateLimits
    this.#access = new ApiAccess(sources.context, connection.address)
    this.#connectedSince = sources.context.wallNowMs()
    this.#subscriptions = new ApiSubscriptions(
      sources.users,
      (frame) => connection.send(frame),
      () => sources.context.engine.nowMs(),
    )
    connection.socket.on('message', (data) => void this.#receive(String(data)))
    connection.socket.on('close', () => this.#subscriptions.terminateAll())
  }

  /** Ends user data whose token, key or session is no more. */
  expire(): void {
    this.#subscriptions.expire()
  }

  announceShutdown(): void {
    const event = { e: 'serverShutdown', E: this.#sources.context.engine.nowMs() }
    this.#connection.send(JSON.stringify({ event }))
  }

  async #receive(text: string): Promise<void> {
    if (this.#pending >= PENDING_MAX) {
      this.#connection.end(CLOSE.policy, 'Too many requests under way')
      return
    }
    this.#pending += 1
    let id: ControlId = null
    const counted: Counted = { orders: null }
    let showRateLimits = this.#returnRateLimits
    try {
      const frame = parseApiFrame(text)
      id = readApiId(frame)
      const request = readApiRequest(frame)
      showRateLimits = request.parameters.flag('returnRateLimits', showRateLimits)
      this.#reply(id, { result: await this.#act(request, counted) }, counted, showRateLimits)
    } catch (error) {
      this.#reply(id, { error: this.#asWireError(error) }, counted, showRateLimits)
    } finally {
      this.#pending -= 1
    }
  }

  async #act(request: ApiRequest, counted: Counted): Promise<unknown> {
    if (!this.#sources.context.ready()) throw requestError('unavailable')
    const method = this.#sources.methods.get(request.method)
    if (method !== undefined) return this.#call(method, request, counted)
    this.#spend(SESSION_WEIGHT)
    switch (request.method) {
      case 'session.logon':
        return this.#logon(request)
      case 'session.status':
        return this.#status()
      case 'session.logout':
        this.#session = null
        this.#subscriptions.expire()
        return this.#status()
      case 'session.subscriptions':
        return this.#subscriptions.ids.map((subscriptionId) => ({ subscriptionId }))
      case 'userDataStream.subscribe':
        return this.#subscribeSession()
      case 'userDataStream.subscribe.signature':
        return this.#subscribeSigned(request)
      case 'userDataStream.subscribe.listenToken':
        return this.#subscribeToken(request)
      case 'userDataStream.unsubscribe':
        return this.#unsubscribe(request)
      default:
        throw requestError('unsupported', { method: request.method, path: '/ws-api/v3' })
    }
  }

  async #call(method: ApiMethod, request: ApiRequest, counted: Counted): Promise<unknown> {
    const { parameters } = request
    this.#spend(method.weight(parameters), method.lowersRisk(parameters))
    if (method.access === 'open') return method.run(parameters)
    const key = await this.#keyFor(method, request)
    const headers = new Map<string, string>()
    try {
      const isLate = this.#access.lateness(parameters)
      return await method.run(parameters, { key, headers, isLate })
    } finally {
      if (headers.has('x-mbx-order-count-10s'))
        counted.orders = this.#sources.context.rateLimits.orderCounts(key.userId)
    }
  }

  async #keyFor(
    { access, permission }: Exclude<ApiMethod, { access: 'open' }>,
    request: ApiRequest,
  ): Promise<ApiKey> {
    const { apiKey, parameters } = request
    const session = this.#session?.apiKey
    if (access === 'key') return this.#access.keyed(apiKey ?? session, parameters, permission)
    if (session === undefined || apiKey !== undefined)
      return this.#access.signed(request, permission)
    this.#access.checkTime(parameters)
    return this.#access.keyed(session, parameters, permission)
  }

  async #logon(request: ApiRequest): Promise<object> {
    const key = await this.#access.signed(request, 'READ')
    if (key.type !== 'ED25519')
      throw new WireError(400, -4056, `${key.type} API key is not supported; use an Ed25519 key.`)
    this.#returnRateLimits = request.parameters.flag('returnRateLimits', this.#returnRateLimits)
    const authorizedSince = this.#sources.context.wallNowMs()
    this.#session = { apiKey: key.apiKey, userId: key.userId, authorizedSince }
    return this.#status()
  }

  #status(): object {
    return {
      apiKey: this.#session?.apiKey ?? null,
      authorizedSince: this.#session?.authorizedSince ?? null,
      connectedSince: this.#connectedSince,
      returnRateLimits: this.#returnRateLimits,
      serverTime: this.#sources.context.engine.nowMs(),
      userDataStream: this.#subscriptions.ids.length > 0,
    }
  }

  #subscribeSession(): object {
    const session = this.#session
    if (session === null) throw requestError('session')
    const alive = () => this.#session === session && this.#keyLives(session.apiKey)
    return { subscriptionId: this.#subscriptions.subscribe(session.userId, 'SPOT', alive) }
  }

  async #subscribeSigned(request: ApiRequest): Promise<object> {
    const key = await this.#access.signed(request, 'READ')
    const alive = () => this.#keyLives(key.apiKey)
    return { subscriptionId: this.#subscriptions.subscribe(key.userId, 'SPOT', alive) }
  }

  #subscribeToken({ parameters }: ApiRequest): object {
    const { listenTokens } = this.#sources.context
    const token = parameters.requiredText('listenToken')
    const grant = listenTokens.find(token)
    if (grant === undefined) throw new WireError(400, -1209, 'The provided listenToken is invalid.')
    const alive = () => listenTokens.find(token) !== undefined
    const subscriptionId = this.#subscriptions.renew(grant.userId, grant.account, alive)
    return { subscriptionId, expirationTime: grant.expiresMs }
  }

  #unsubscribe({ parameters }: ApiRequest): object {
    const subscriptionId = parameters.whole('subscriptionId')
    if (subscriptionId === undefined) this.#subscriptions.terminateAll()
    else this.#subscriptions.unsubscribe(subscriptionId)
    return {}
  }

  #keyLives(apiKey: string): boolean {
    const key = this.#sources.context.keys.find(apiKey)
    return key !== undefined && (key.expiresMs ?? Infinity) > this.#sources.context.wallNowMs()
  }

  #spend(weight: number, lowersRisk = false): void {
    const { rateLimits } = this.#sources.context
    rateLimits.checkBan(this.#connection.address, lowersRisk)
    this.#usedWeight = rateLimits.spend(this.#connection.address, weight, lowersRisk)
  }

  #asWireError(error: unknown): WireError {
    const answer = failureError(error)
    if (answer !== error && answer.status >= 500) this.#sources.context.onError?.(error, 'ws-api')
    return answer
  }

  #reply(id: ControlId, answer: Answer, counted: Counted, showRateLimits: boolean): void {
    const rateLimits = showRateLimits ? { rateLimits: this.#rateLimitRows(counted) } : {}
    const body =
      'error' in answer
        ? { id, status: answer.error.status, error: this.#errorBody(answer.error), ...rateLimits }
        : { id, status: 200, result: answer.result, ...rateLimits }
    this.#connection.send(JSON.stringify(body))
  }

  /** Who is asked to wait is told until when. */
  #errorBody(error: WireError): object {
    const { retryAfterSeconds } = error
    if (retryAfterSeconds === undefined) return error.body()
    const serverTime = this.#sources.context.wallNowMs()
    const data = { serverTime, retryAfter: serverTime + retryAfterSeconds * 1_000 }
    return { ...error.body(), data }
  }

  #rateLimitRows({ orders }: Counted): readonly object[] {
    const { rateLimits } = this.#sources.context
    const orderRows = orders === null ? [] : orderCountRows(rateLimits.limits, orders)
    return [
      ...orderRows,
      {
        rateLimitType: 'REQUEST_WEIGHT',
        interval: 'MINUTE',
        intervalNum: 1,
        limit: rateLimits.limits.requestWeight,
        count: this.#usedWeight,
      },
    ]
  }
}
