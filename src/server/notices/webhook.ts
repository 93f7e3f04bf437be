import { createHmac } from 'node:crypto'
import { lookup as lookUp } from 'node:dns/promises'
import { request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'
import { type BlockList, isIP } from 'node:net'
import type { Delivery, Webhook } from './delivery.ts'
import { DeliveryFailed } from './delivery.ts'
import { contains, isPublicAddress } from './public-address.ts'

const TIMEOUT_MS = 5_000
const PORTS = ['', '443', '8443']
const URL_LENGTH_MAX = 500

/** What an operator allows beyond public addresses, and how names are resolved. */
export interface WebhookRules {
  /** Networks of the operator's own: from there plain http and any port are taken too. */
  readonly allowed: BlockList
  readonly resolve?: (host: string) => Promise<readonly string[]>
  readonly timeoutMs?: number
}

/** Why an address cannot be a webhook's, as its user is told; null: it can be tried. */
export function webhookFault(text: string, rules: WebhookRules): string | null {
  const url = URL.parse(text)
  if (url === null || text.length > URL_LENGTH_MAX) return 'it is no address'
  if (url.username !== '' || url.password !== '') return 'it must not hold a user or a password'
  if (!['http:', 'https:'].includes(url.protocol)) return 'it must begin with https://'
  const host = hostOf(url)
  // A name is resolved when it is used; what it says now may be another thing then.
  if (isIP(host) !== 0 && contains(rules.allowed, host)) return null
  if (url.protocol === 'http:' && isIP(host) !== 0) return 'it must begin with https://'
  if (isIP(host) !== 0 && !isPublicAddress(host)) return 'it is not a public address'
  return null
}

/**
 * Posts the notice, signed. Rule N4: the name is resolved once, every address it has must be one that may be reached,
 * and the connection goes to that address. Redirects are not followed; what is answered is not read. Raises
 * `DeliveryFailed`.
 */
export async function postWebhook(
  { url: text, secret }: Webhook,
  { noticeId, payload }: Delivery,
  rules: WebhookRules,
  nowMs: number,
): Promise<void> {
  const fault = webhookFault(text, rules)
  if (fault !== null) throw new DeliveryFailed(fault)
  const url = new URL(text)
  const signal = AbortSignal.timeout(rules.timeoutMs ?? TIMEOUT_MS)
  const address = await within(signal, addressOf(url, rules))
  const status = await within(signal, post(url, address, headersOf(), payload, signal))
  if (status < 200 || status > 299) throw new DeliveryFailed(`it answered ${status}`)

  function headersOf(): Record<string, string> {
    return {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(payload)),
      host: url.host,
      'user-agent': 'fulcrum',
      'idempotency-key': noticeId,
      'x-fulcrum-timestamp': String(nowMs),
      'x-fulcrum-signature': signatureOf(secret, nowMs, payload),
    }
  }
}

/** `v1=` and the HMAC-SHA256 of `timestamp.body` in hexadecimal. */
export function signatureOf(secret: string, timestampMs: number, body: string): string {
  return `v1=${createHmac('sha256', secret).update(`${timestampMs}.${body}`).digest('hex')}`
}

async function addressOf(
  url: URL,
  { allowed, resolve = resolveAll }: WebhookRules,
): Promise<string> {
  const host = hostOf(url)
  const addresses = isIP(host) === 0 ? await resolve(host) : [host]
  const [first] = addresses
  if (first === undefined) throw new DeliveryFailed('its name has no address')
  if (addresses.every((address) => contains(allowed, address))) return first
  if (url.protocol !== 'https:' || !PORTS.includes(url.port)) {
    throw new DeliveryFailed('it must be https on port 443 or 8443')
  }
  if (!addresses.every(isPublicAddress)) throw new DeliveryFailed('it is not a public address')
  return first
}

async function resolveAll(host: string): Promise<readonly string[]> {
  try {
    return (await lookUp(host, { all: true })).map(({ address }) => address)
  } catch {
    throw new DeliveryFailed('its name is not known')
  }
}

function post(
  url: URL,
  address: string,
  headers: Record<string, string>,
  body: string,
  signal: AbortSignal,
): Promise<number> {
  const secure = url.protocol === 'https:'
  const options = {
    // The very address that was looked at: a name asked for again could answer another.
    host: address,
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    path: `${url.pathname}${url.search}`,
    method: 'POST',
    headers,
    agent: false,
    signal,
    ...(secure ? { servername: isIP(hostOf(url)) === 0 ? hostOf(url) : '' } : {}),
  }
  return new Promise((resolve, reject) => {
    const request = (secure ? requestSecure : requestPlain)(options, (response) => {
      resolve(response.statusCode ?? 0)
      response.destroy()
    })
    request.on('error', (error) => reject(new DeliveryFailed(reasonOf(error))))
    request.end(body)
  })
}

/** The name or address without the brackets of IPv6. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1')
}

async function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener(
      'abort',
      () => reject(new DeliveryFailed('it did not answer in time')),
      {
        once: true,
      },
    )
  })
  return Promise.race([work, late])
}

/** The kind of failure, without addresses of this machine's network. */
function reasonOf(error: Error & { code?: string }): string {
  if (error.name === 'AbortError') return 'it did not answer in time'
  return `it could not be reached (${error.code ?? 'unknown'})`
}
