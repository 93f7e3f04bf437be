import { present } from '../../../core/assert.ts'
import type { SourceInput } from '../../../core/domain/event.ts'
import type { IndexDetails } from '../../../core/domain/question.ts'
import { amountText, rateShort } from '../../../wire/number-text.ts'
import { type Call, type Endpoint, open } from '../endpoint.ts'
import { readAssetOrAll } from './read-parameters.ts'

export const indexPriceEndpoints: readonly Endpoint[] = [
  open('GET /fulcrum/v1/margin/index-prices', 10, indexPrices),
]

/** Where each index price comes from, how it stands, and what it counts for in new risk (rules X1 to X3, C4). */
function indexPrices({ deps, parameters }: Call): object[] {
  const { engine } = deps
  const asset = readAssetOrAll(parameters, engine.venue)
  const details = engine.ask('indexDetails', {})
  return (asset === null ? engine.venue.assets : [asset]).map(({ code, index }) =>
    detailsBody(
      code,
      present(details[index], 'every asset of the venue has an index'),
      engine.nowMs(),
    ),
  )
}

function detailsBody(asset: string, details: IndexDetails, nowMs: number): object {
  const { price, held, owed, ratio } = details
  const text = (figure: bigint | null) => (figure === null ? null : amountText(figure))
  return {
    asset,
    indexPrice: text(price),
    secondPrice: text(held !== price ? held : owed),
    state: details.standing,
    heldSince: details.heldSinceMs,
    overdue: details.isOverdue,
    released: details.isReleased,
    redemptionRatio: ratio === null ? null : rateShort(ratio),
    sources: details.inputs.map((input) => sourceBody(input, nowMs)),
  }
}

function sourceBody({ name, price, updatedMs, weight, standing }: SourceInput, nowMs: number) {
  return {
    source: name,
    price: price === null ? null : amountText(price),
    ageMs: updatedMs === null ? null : nowMs - updatedMs,
    weight: weight === null ? null : rateShort(weight),
    state: standing,
  }
}
