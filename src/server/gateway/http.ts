import type { Socket } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { requestError } from '../../wire/request-error.ts'
import type { Received } from './dispatch.ts'

export const BODY_MAX_BYTES = 65_536
/** Request line and headers; Node's own default. */
export const HEADERS_MAX_BYTES = 16_384

const NO_BYTES = Buffer.alloc(0)
const FORM = 'application/x-www-form-urlencoded'
const JSON_TYPE = 'application/json'

/** Doubled slashes in the path become one: a client in wide use sends `/sapi/v1//margin/…`. The query stays as it is. */
export function tidyUrl(url: string): string {
  const end = url.indexOf('?')
  const path = end === -1 ? url : url.slice(0, end)
  if (!path.includes('//')) return url
  return path.replace(/\/{2,}/g, '/') + (end === -1 ? '' : url.slice(end))
}

export function bodyBytes(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : NO_BYTES
}

/** A body that is neither form nor JSON, or is compressed, is refused; an empty one may call itself anything. */
export function checkBody(request: FastifyRequest): void {
  if (bodyBytes(request).length === 0) return
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') {
    throw requestError('media_type', { type: encoding })
  }
  const type = mediaType(request)
  if (type !== '' && type !== FORM && type !== JSON_TYPE) throw requestError('media_type', { type })
}

function mediaType(request: FastifyRequest): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

/** What of the request the gateway goes by. The peer's address alone counts: forwarded ones are anyone's claim. */
export function receivedFrom(request: FastifyRequest, body: Buffer): Received {
  const url = request.raw.url ?? '/'
  const start = url.indexOf('?')
  const { id } = request.params as { id?: string }
  return {
    method: request.method,
    ip: request.socket.remoteAddress ?? '',
    apiKey: single(request.headers['x-mbx-apikey']),
    cookie: request.headers.cookie,
    origin: request.headers.origin,
    host: request.headers.host,
    query: start === -1 ? '' : url.slice(start + 1),
    body,
    isJson: mediaType(request) === JSON_TYPE,
    id: id ?? '',
  }
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header
}

/** What Node's parser refuses never becomes a request: the answer is written by hand and the connection ends. */
export function answerBrokenConnection(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy()
    return
  }
  const answer =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? requestError('headers_too_large', { limit: HEADERS_MAX_BYTES })
      : requestError('malformed_http')
  const body = JSON.stringify(answer.body())
  const reason = answer.status === 431 ? 'Request Header Fields Too Large' : 'Bad Request'
  socket.end(
    `HTTP/1.1 ${answer.status} ${reason}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
