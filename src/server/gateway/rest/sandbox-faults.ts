import type { AssetIndex } from '../../../core/domain/ids.ts'
import { type JsonObject, parseJsonBody } from '../../../wire/json-body.ts'
import { type Call, type Endpoint, open } from '../endpoint.ts'
import type { SandboxDoor } from '../sandbox.ts'
import { submit } from '../submit.ts'
import { assetNamed } from './read-parameters.ts'

/** Who did it, in the history. */
const AUTHOR = 'sandbox'

/** What goes wrong on purpose, for bots to get over. */
export function sandboxFaultEndpoints(door: SandboxDoor): readonly Endpoint[] {
  return [
    open('POST /sandbox/v1/faults', 0, (call) => setFaults(call, door)),
    open('DELETE /sandbox/v1/faults', 0, (call) => clearFaults(call, door)),
  ]
}

export function readFaults(body: JsonObject) {
  body.allowOnly('staleIndex', 'emptyPool')
  const staleIndex = body.strings('staleIndex') ?? []
  const emptyPool = body.strings('emptyPool') ?? []
  for (const field of body.names()) {
    if ((body.strings(field) ?? []).length === 0) {
      throw body.fault(field, 'it must name at least one asset, as ["BTC"]')
    }
  }
  if (staleIndex.length + emptyPool.length === 0) {
    throw body.fault('staleIndex', 'it must name at least one asset, as ["BTC"]')
  }
  return { staleIndex, emptyPool }
}

/** An index that falls silent; a pool that looks empty (rule B3), as it lends nothing until the faults are cleared. */
async function setFaults(call: Call, door: SandboxDoor): Promise<object> {
  const { staleIndex, emptyPool } = readFaults(parseJsonBody(call.body))
  const emptied = emptyPool.map((name) => assetNamed(name, call.deps.engine.venue))
  const answer = staleIndex.length > 0 ? await door.setFaults({ staleIndex }) : { staleIndex }
  for (const { index } of emptied) await setLending(call, index, false)
  return emptied.length > 0 ? { ...answer, emptyPool: emptied.map(({ code }) => code) } : answer
}

async function clearFaults(call: Call, door: SandboxDoor): Promise<object> {
  for (const [asset, { lends }] of call.deps.engine.ask('pools', {}).entries()) {
    if (!lends) await setLending(call, asset as AssetIndex, true)
  }
  return door.clearFaults()
}

async function setLending({ deps }: Call, asset: AssetIndex, lends: boolean): Promise<void> {
  const order = { asset, lends, reason: 'fault', author: AUTHOR }
  await submit(deps.engine, { type: 'SetLending', ...order })
}
