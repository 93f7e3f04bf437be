import { decimal } from '../../../core/money/decimal.ts'
import { RATE_DECIMALS } from '../../../core/money/rate.ts'
import { type JsonObject, parseJsonBody } from '../../../wire/json-body.ts'
import { type Call, type Endpoint, open } from '../endpoint.ts'
import type { SandboxDoor, SourcePricesBody } from '../sandbox.ts'
import { submit } from '../submit.ts'
import { assetNamed } from './read-parameters.ts'

/** Who did it, in the history. */
const AUTHOR = 'sandbox'

/** What of `/sandbox/v1` tries the guards of index prices (rules X1 to X4). */
export function sandboxPriceEndpoints(door: SandboxDoor): readonly Endpoint[] {
  return [
    open('POST /sandbox/v1/source-prices', 0, ({ body }) =>
      door.setSourcePrices(readSourcePrices(parseJsonBody(body))),
    ),
    open('POST /sandbox/v1/redemption-ratios', 0, setRedemptionRatio),
    open('POST /sandbox/v1/index-releases', 0, releaseIndex),
  ]
}

export function readSourcePrices(body: JsonObject): SourcePricesBody {
  body.allowOnly('source', 'prices')
  const prices = body.object('prices')
  if (prices === undefined || prices.names().length === 0) {
    throw body.fault('prices', 'it must name at least one asset, as {"BTC":"30000"}')
  }
  const texts = prices.names().map((name) => [name, prices.decimal(name)] as const)
  return { source: body.requiredString('source'), prices: Object.fromEntries(texts) }
}

/** Rule X2: the engine's own command, nothing of the sandbox's. */
async function setRedemptionRatio({ deps, body }: Call): Promise<object> {
  const { asset: name, ratio: text } = readRatio(parseJsonBody(body))
  const { index, code } = assetNamed(name, deps.engine.venue)
  const ratio = decimal(text, RATE_DECIMALS) as never
  await submit(deps.engine, { type: 'SetRedemptionRatio', asset: index, ratio })
  return { asset: code, ratio: text }
}

export function readRatio(body: JsonObject) {
  body.allowOnly('asset', 'ratio')
  const ratio = body.decimal('ratio')
  const isRatio = /^\d{1,6}(\.\d{1,12})?$/.test(ratio) && /[1-9]/.test(ratio)
  if (!isRatio) throw body.fault('ratio', 'a ratio is positive, with at most 12 decimals')
  return { asset: body.requiredString('asset'), ratio }
}

/** Rule X3: what an operator decides about an index that has been held too long. */
async function releaseIndex({ deps, body }: Call): Promise<object> {
  const { asset: name, reason } = readRelease(parseJsonBody(body))
  const { index, code } = assetNamed(name, deps.engine.venue)
  await submit(deps.engine, { type: 'ReleaseIndex', asset: index, reason, author: AUTHOR })
  return { asset: code, released: true }
}

export function readRelease(body: JsonObject) {
  body.allowOnly('asset', 'reason')
  return { asset: body.requiredString('asset'), reason: body.string('reason') ?? '' }
}
