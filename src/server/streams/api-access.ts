import type { Parameters } from '../../wire/parameters.ts'
import type { ApiKey, Right } from '../access/api-key.ts'
import {
  authenticateKey,
  authenticateSigned,
  type Clocks,
  type ReceivedRequest,
} from '../access/authenticate.ts'
import { checkWindow, isClosed, readWindow } from '../access/request-window.ts'
import type { ApiRequest } from './api-request.ts'
import type { StreamContext } from './stream-context.ts'

/** Who asks on a WebSocket API connection: by a signature over the request, or by the session's key. */
export class ApiAccess {
  readonly #deps: StreamContext
  readonly #ip: string
  readonly #clocks: Clocks

  constructor(deps: StreamContext, ip: string) {
    this.#deps = deps
    this.#ip = ip
    this.#clocks = { now: () => clocksOf(deps) }
  }

  /** The key that signed the request. */
  async signed(request: ApiRequest, right: Right): Promise<ApiKey> {
    const received = this.#received(request.apiKey, request.parameters, request.signedPayload)
    const { keys } = this.#deps
    return (await authenticateSigned(received, keys, this.#clocks, right)).key
  }

  /** The key named, without a signature; or the session's, checked anew. */
  keyed(apiKey: string | undefined, parameters: Parameters, right: Right): ApiKey {
    const received = this.#received(apiKey, parameters, '')
    return authenticateKey(received, this.#deps.keys, this.#clocks, right)
  }

  /** A session's request needs no time stamp, but one that has one means it. */
  checkTime(parameters: Parameters): void {
    if (parameters.has('timestamp')) checkWindow(readWindow(parameters), this.#clocks.now())
  }

  /** Whether a request's time window closes while it waits; of one without a time stamp it never does. */
  lateness(parameters: Parameters): () => boolean {
    if (!parameters.has('timestamp')) return () => false
    const window = readWindow(parameters)
    return () => isClosed(window, this.#clocks.now())
  }

  #received(apiKey: string | undefined, parameters: Parameters, payload: string): ReceivedRequest {
    return { apiKey, ip: this.#ip, query: payload, body: '', parameters }
  }
}

/** The sandbox's clock counts beside the wall's: its clients stamp by either. */
function clocksOf(deps: StreamContext): readonly number[] {
  const wallMs = deps.wallNowMs()
  return deps.sandbox === null ? [wallMs] : [wallMs, deps.engine.nowMs()]
}
