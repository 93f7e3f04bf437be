import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { requestError } from '../../wire/request-error.ts'
import type { WireError } from '../../wire/wire-error.ts'
import { SESSION_COOKIE } from '../access/session-cookie.ts'
import { Dispatcher } from './dispatch.ts'
import type { Endpoint } from './endpoint.ts'
import { failureError } from './failure-error.ts'
import { frontPage } from './front-page.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import {
  answerBrokenConnection,
  BODY_MAX_BYTES,
  bodyBytes,
  checkBody,
  HEADERS_MAX_BYTES,
  receivedFrom,
  tidyUrl,
} from './http.ts'
import { GatewayMetrics } from './metrics.ts'
import { apiKeyEndpoints } from './rest/api-keys.ts'
import { cancelAllAfterEndpoints } from './rest/cancel-all-after.ts'
import { fulcrumAccountEndpoints } from './rest/fulcrum-account.ts'
import { fulcrumMarginEndpoints } from './rest/fulcrum-margin.ts'
import { indexPriceEndpoints } from './rest/index-prices.ts'
import { isolatedEndpoints } from './rest/isolated.ts'
import { lendingEndpoints } from './rest/lending.ts'
import { liquidationEndpoints } from './rest/liquidations.ts'
import { listenEndpoints } from './rest/listen.ts'
import { loanTermEndpoints } from './rest/loan-terms.ts'
import { loanEndpoints } from './rest/loans.ts'
import { marginAccountEndpoints } from './rest/margin-account.ts'
import { marginDataEndpoints } from './rest/margin-data.ts'
import { marginOrderEndpoints } from './rest/margin-order.ts'
import { marketEndpoints } from './rest/market.ts'
import { marketRuleEndpoints } from './rest/market-rules.ts'
import { noticeEndpoints } from './rest/notices.ts'
import { opsPolicyEndpoints } from './rest/ops-policy.ts'
import { opsUserEndpoints } from './rest/ops-users.ts'
import { opsVenueEndpoints } from './rest/ops-venue.ts'
import { previewEndpoints } from './rest/previews.ts'
import { sandboxEndpoints } from './rest/sandbox.ts'
import { smallLiabilityEndpoints } from './rest/small-liability.ts'
import { spotEndpoints } from './rest/spot.ts'
import { tickerEndpoints } from './rest/ticker.ts'
import { transferEndpoints } from './rest/transfers.ts'
import { unservedEndpoints } from './rest/unserved.ts'
import { walletEndpoints } from './rest/wallet.ts'

export const endpoints: readonly Endpoint[] = [
  ...marketEndpoints,
  ...marketRuleEndpoints,
  ...tickerEndpoints,
  ...spotEndpoints,
  ...marginOrderEndpoints,
  ...marginAccountEndpoints,
  ...marginDataEndpoints,
  ...loanEndpoints,
  ...loanTermEndpoints,
  ...lendingEndpoints,
  ...smallLiabilityEndpoints,
  ...transferEndpoints,
  ...isolatedEndpoints,
  ...walletEndpoints,
  ...listenEndpoints,
  ...fulcrumAccountEndpoints,
  ...fulcrumMarginEndpoints,
  ...indexPriceEndpoints,
  ...previewEndpoints,
  ...liquidationEndpoints,
  ...cancelAllAfterEndpoints,
  ...apiKeyEndpoints,
  ...noticeEndpoints,
  ...opsPolicyEndpoints,
  ...opsUserEndpoints,
  ...opsVenueEndpoints,
]

/** The venue over HTTP. The caller listens, attaches what upgrades to WebSocket to `.server`, and closes. */
export function buildGateway(deps: GatewayDeps): FastifyInstance {
  const app = Fastify({
    bodyLimit: BODY_MAX_BYTES,
    rewriteUrl: (request) => tidyUrl(request.url ?? '/'),
    http: { maxHeaderSize: HEADERS_MAX_BYTES },
    clientErrorHandler: answerBrokenConnection,
    frameworkErrors: (_error, _request, reply) =>
      sendError(reply, requestError('illegal_characters')),
    exposeHeadRoutes: false,
    // Fastify's own answer has another shape; ours is -1008 like every other time the venue is not ready.
    return503OnClosing: false,
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    routerOptions: { querystringParser: () => ({}) },
  })
  takeRawBodies(app)
  const metrics = new GatewayMetrics(() => (deps.ready() ? deps.engine : null))
  countRequests(app, metrics)
  handleFailures(app, deps)
  addPages(app, deps, metrics)
  addLogin(app, deps)
  const sandbox = deps.sandbox === null ? [] : sandboxEndpoints(deps.sandbox)
  const served = [...endpoints, ...unservedEndpoints, ...sandbox]
  addEndpoints(app, deps, served)
  answerUnknown(app, served)
  return app
}

/** Bodies stay bytes: signatures are over them. Fastify's own parser would refuse the empty JSON bodies that ccxt sends. */
function takeRawBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
}

function countRequests(app: FastifyInstance, metrics: GatewayMetrics): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown'
    metrics.observe(route, request.method, reply.statusCode, reply.elapsedTime / 1000)
  })
}

function handleFailures(app: FastifyInstance, deps: GatewayDeps): void {
  app.setErrorHandler((error, request, reply) => {
    const answer = failureError(error)
    if (answer !== error && answer.status >= 500)
      deps.onError?.(error, `${request.method} ${request.routeOptions.url}`)
    return sendError(reply, answer)
  })
}

function sendError(reply: FastifyReply, error: WireError): FastifyReply {
  if (error.retryAfterSeconds !== undefined) {
    reply.header('retry-after', String(error.retryAfterSeconds))
  }
  return reply
    .code(error.status)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(error.body()))
}

function addPages(app: FastifyInstance, deps: GatewayDeps, metrics: GatewayMetrics): void {
  app.get('/healthz', (_request, reply) => reply.send({ status: 'up' }))
  app.get('/readyz', (_request, reply) => {
    const ready = deps.ready()
    return reply.code(ready ? 200 : 503).send({ ready })
  })
  app.get('/metrics', async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  )
  app.get('/', (request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'no-referrer')
      .send(frontPage(deps, `${request.protocol}://${request.host}`)),
  )
}

/** A log-in link of a sandbox: the browser keeps the session and goes to the front page. */
function addLogin(app: FastifyInstance, deps: GatewayDeps): void {
  app.get('/login', (request, reply) => {
    const token = new URL(request.url, 'http://venue').searchParams.get('token') ?? ''
    if ((deps.sessionUser?.(token) ?? null) === null) throw requestError('session')
    return reply
      .header('set-cookie', `${SESSION_COOKIE}=${token}; HttpOnly; SameSite=Strict; Path=/`)
      .header('referrer-policy', 'no-referrer')
      .redirect('/', 303)
  })
}

function addEndpoints(app: FastifyInstance, deps: GatewayDeps, served: readonly Endpoint[]): void {
  const dispatcher = new Dispatcher(deps)
  for (const endpoint of served) {
    app.route({
      method: endpoint.method,
      url: endpoint.path,
      handler: (request, reply) => serve(dispatcher, endpoint, request, reply),
    })
  }
}

async function serve(
  dispatcher: Dispatcher,
  endpoint: Endpoint,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  checkBody(request)
  const headers = new Map<string, string>()
  try {
    const body = await dispatcher.run(endpoint, receivedFrom(request, bodyBytes(request)), headers)
    return reply
      .headers(Object.fromEntries(headers))
      .type('application/json; charset=utf-8')
      .send(JSON.stringify(body))
  } catch (error) {
    reply.headers(Object.fromEntries(headers))
    throw error
  }
}

/** 405 where the path is served by another method, else 404; both as Binance's error JSON. */
function answerUnknown(app: FastifyInstance, served: readonly Endpoint[]): void {
  const paths = new Set(served.map((endpoint) => endpoint.path))
  app.setNotFoundHandler((request, reply) => {
    const path = (request.raw.url ?? '/').split('?')[0] ?? '/'
    const name = paths.has(path) ? 'method_not_allowed' : 'unsupported'
    const shown = path.length > 100 ? `${path.slice(0, 100)}…` : path
    return sendError(reply, requestError(name, { method: request.method, path: shown }))
  })
}
