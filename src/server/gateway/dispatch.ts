import type { UserId } from '../../core/domain/ids.ts'
import { parseJsonBody } from '../../wire/json-body.ts'
import { Parameters, parseParameters } from '../../wire/parameters.ts'
import { requestError } from '../../wire/request-error.ts'
import type { ApiKey } from '../access/api-key.ts'
import {
  authenticateKey,
  authenticateSigned,
  type Clocks,
  type ReceivedRequest,
} from '../access/authenticate.ts'
import { isOperatorId } from '../access/operator.ts'
import { ReplayGuard } from '../access/replay-guard.ts'
import { isClosed } from '../access/request-window.ts'
import { sessionToken } from '../access/session-cookie.ts'
import type { Call, Endpoint } from './endpoint.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { lowersRisk } from './lowers-risk.ts'

/** What the transport hands over. */
export interface Received {
  readonly method: string
  readonly ip: string
  readonly apiKey: string | undefined
  readonly cookie: string | undefined
  readonly origin: string | undefined
  readonly host: string | undefined
  readonly query: string
  /** Latin-1, one character per byte, as signatures are over bytes. */
  readonly body: Buffer
  readonly isJson: boolean
  readonly id: string
}

interface Caller {
  readonly userId: UserId
  readonly key: ApiKey | null
  readonly isLate: () => boolean
}

/** Takes one request through counting, reading, believing and handling. Throws the `WireError` to answer with. */
export class Dispatcher {
  readonly #deps: GatewayDeps
  readonly #replays = new ReplayGuard()
  readonly #clocks: Clocks

  constructor(deps: GatewayDeps) {
    this.#deps = deps
    // In a sandbox the venue's clock may be elsewhere; clients stamp by whichever they asked (rule W2).
    this.#clocks = {
      now: () =>
        deps.sandbox === null ? [deps.wallNowMs()] : [deps.wallNowMs(), deps.engine.nowMs()],
    }
  }

  /** The answer's body; `headers` receives what goes with it, also when this throws. */
  async run(
    endpoint: Endpoint,
    received: Received,
    headers: Map<string, string>,
  ): Promise<unknown> {
    if (!this.#deps.ready()) throw requestError('unavailable')
    const request = this.#read(endpoint, received, headers)
    const eased = lowersRisk(endpoint, request.parameters)
    this.#deps.rateLimits.checkBan(received.ip, eased)
    this.#spendByAddress(endpoint, request, headers, eased)
    const call: Call = {
      deps: this.#deps,
      parameters: request.parameters,
      body: received.body.toString('utf8'),
      id: received.id,
      headers,
    }
    if (endpoint.access === 'open') return endpoint.handle(call)
    const caller = await this.#believe(endpoint, request, received)
    this.#spendByUser(endpoint, request, caller.userId, headers, eased)
    return endpoint.handle({ ...call, ...caller })
  }

  /** What cannot be read costs a weight of one, or noise would be free. */
  #read(endpoint: Endpoint, received: Received, headers: Map<string, string>): ReceivedRequest {
    try {
      return readRequest(received, endpoint)
    } catch (error) {
      this.#deps.rateLimits.checkBan(received.ip)
      const used = String(this.#deps.rateLimits.spend(received.ip, 1))
      headers.set('x-mbx-used-weight', used)
      headers.set('x-mbx-used-weight-1m', used)
      throw error
    }
  }

  async #believe(
    endpoint: Exclude<Endpoint, { access: 'open' }>,
    request: ReceivedRequest,
    received: Received,
  ): Promise<Caller> {
    if (request.apiKey === undefined && received.cookie !== undefined) {
      const userId = this.#sessionUser(received)
      const operates = endpoint.permission === 'OPERATE'
      if (userId !== null && isOperatorId(userId) === operates) {
        return { userId, key: null, isLate: never }
      }
    }
    const { keys } = this.#deps
    if (endpoint.access === 'key') {
      const key = authenticateKey(request, keys, this.#clocks, endpoint.permission)
      return { userId: key.userId, key, isLate: never }
    }
    const { key, window, signature } = await authenticateSigned(
      request,
      keys,
      this.#clocks,
      endpoint.permission,
    )
    if (endpoint.once) {
      const nowMs = this.#deps.wallNowMs()
      this.#replays.take(signature, nowMs, nowMs + 2 * window.receiveWindowMs)
    }
    return { userId: key.userId, key, isLate: () => isClosed(window, this.#clocks.now()) }
  }

  /** A browser's request counts only from a page of this host: another site may send the cookie along, but not this Origin. */
  #sessionUser(received: Received): UserId | null {
    const token = sessionToken(received.cookie ?? '')
    const userId = (token !== null && this.#deps.sessionUser?.(token)) || null
    if (userId === null || received.method === 'GET') return userId
    const ownPage = received.origin !== undefined && hostOf(received.origin) === received.host
    return ownPage ? userId : null
  }

  #spendByAddress(
    endpoint: Endpoint,
    request: ReceivedRequest,
    headers: Map<string, string>,
    eased: boolean,
  ): void {
    const { rateLimits } = this.#deps
    const weight = weightOf(endpoint, request)
    const ofSapi = endpoint.path.startsWith('/sapi/')
    try {
      if (!ofSapi) rateLimits.spend(request.ip, weight, eased)
      else if (endpoint.weight.per === 'ip') {
        const used = rateLimits.spendSapiIp(request.ip, nameOf(endpoint), weight, eased)
        headers.set('x-sapi-used-ip-weight-1m', String(used))
      }
    } finally {
      const used = String(rateLimits.used(request.ip))
      headers.set('x-mbx-used-weight', used)
      headers.set('x-mbx-used-weight-1m', used)
    }
  }

  #spendByUser(
    endpoint: Endpoint,
    request: ReceivedRequest,
    userId: UserId,
    headers: Map<string, string>,
    eased: boolean,
  ): void {
    if (endpoint.weight.per !== 'user') return
    const { rateLimits } = this.#deps
    const weight = weightOf(endpoint, request)
    const name = nameOf(endpoint)
    const used = rateLimits.spendSapiUser(request.ip, userId, name, weight, eased)
    headers.set('x-sapi-used-uid-weight-1m', String(used))
  }
}

function never(): boolean {
  return false
}

function nameOf(endpoint: Endpoint): string {
  return `${endpoint.method} ${endpoint.path}`
}

function weightOf(endpoint: Endpoint, request: ReceivedRequest): number {
  const { of } = endpoint.weight
  return typeof of === 'number' ? of : of(request.parameters)
}

function hostOf(origin: string): string | undefined {
  return URL.parse(origin)?.host
}

/** Binance's paths take query and form; ours take JSON as well, whose bytes are signed the same way. */
function readRequest(received: Received, endpoint: Endpoint): ReceivedRequest {
  const { apiKey, ip, query } = received
  const body = received.body.toString('latin1')
  if (body === '' || !received.isJson) {
    const isOwnJson = endpoint.path.startsWith('/sandbox/')
    const parameters = parseParameters(query, isOwnJson ? '' : body)
    return { apiKey, ip, query, body, parameters }
  }
  if (endpoint.path.startsWith('/sandbox/')) {
    return { apiKey, ip, query, body, parameters: parseParameters(query, '') }
  }
  if (!endpoint.path.startsWith('/fulcrum/')) {
    throw requestError('media_type', { type: 'application/json' })
  }
  const nested = endpoint.access !== 'open' && endpoint.permission === 'OPERATE'
  return { apiKey, ip, query, body, parameters: withJson(query, received.body, nested) }
}

/** Fields of a JSON object beside those of the query; a name in both is a duplicate. `nested`: not flat ones too, as JSON. */
function withJson(query: string, body: Buffer, nested: boolean): Parameters {
  const fromQuery = parseParameters(query, '')
  const json = parseJsonBody(body.toString('utf8'))
  const values = new Map(fromQuery.entries())
  for (const name of json.names()) {
    if (values.has(name)) throw requestError('duplicate_parameter', { name })
    values.set(name, nested ? json.jsonText(name) : json.scalarText(name))
  }
  return new Parameters(values)
}
