import type { Command, SequencedCommand } from '../core/domain/command.ts'
import type { Sequence, TimestampMs } from '../core/domain/ids.ts'
import { Prng } from '../server/feed/prng.ts'
import { FuzzCommands } from './order-fuzz-commands.ts'
import type { FuzzDifference } from './order-fuzz-duel.ts'
import { Duel, FUZZ_START_MS, playDuel } from './order-fuzz-duel.ts'
import type { FuzzFeature, FuzzPlan } from './order-fuzz-venue.ts'
import { drawFuzzPlan } from './order-fuzz-venue.ts'

/** How often the engine is put away as a snapshot, read again and looked through. */
const SNAPSHOT_EVERY = 1_000

export interface FuzzFailure {
  readonly seed: number
  readonly step: number
  readonly difference: FuzzDifference
  readonly document: FuzzPlan['document']
  /** As few commands as were found that show a difference, the last of which does. */
  readonly commands: readonly SequencedCommand[]
}

/** One seed: the same commands to the engine and to the model, compared after each. Null: they agree. */
export function fuzzOrders(
  seed: number,
  steps: number,
  without: ReadonlySet<FuzzFeature> = new Set(),
): FuzzFailure | null {
  const prng = new Prng(seed)
  const plan = drawFuzzPlan(prng, without)
  const duel = new Duel(plan.document)
  const commands = new FuzzCommands(plan, prng, duel.model)
  const history: SequencedCommand[] = []
  let nowMs = FUZZ_START_MS
  const submit = (command: Command): FuzzDifference | null => {
    const sequenced = {
      sequence: (history.length + 2) as Sequence,
      timestampMs: nowMs as TimestampMs,
      command,
    }
    history.push(sequenced)
    return duel.step(sequenced)
  }
  for (const command of commands.opening()) {
    const difference = submit(command)
    if (difference !== null) {
      return { seed, step: 0, document: plan.document, difference, commands: history }
    }
  }
  const opening = history.length
  for (let step = 1; step <= steps; step += 1) {
    nowMs += commands.pauseMs()
    let difference = submit(commands.next())
    if (difference === null && step % SNAPSHOT_EVERY === 0) difference = duel.restore()
    if (difference !== null) return shrunk({ seed, step, plan, history, opening }, difference)
  }
  return null
}

const SHRINKING_STEPS = 400_000

interface Course {
  readonly seed: number
  readonly step: number
  readonly plan: FuzzPlan
  readonly history: readonly SequencedCommand[]
  /** How many commands give the users their funds; without those it would be another story. */
  readonly opening: number
}

/** Takes commands away, in ever smaller pieces, as long as a difference of the same kind remains. */
function shrunk(course: Course, found: FuzzDifference): FuzzFailure {
  const { seed, step, plan, history, opening } = course
  let best = { commands: history, difference: found }
  let budget = SHRINKING_STEPS
  for (let size = Math.ceil(history.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = best.commands.length - size; at >= opening && budget > 0; at -= size) {
      const fewer = [...best.commands.slice(0, at), ...best.commands.slice(at + size)]
      budget -= fewer.length
      const still = playDuel(plan.document, fewer)
      if (still !== null && kindOf(still.difference) === kindOf(found)) best = still
    }
  }
  return { seed, step, document: plan.document, ...best }
}

/** The first words in which the two differ, without numbers: what may stand for the same mistake. */
export function kindOf({ what, engine, model }: FuzzDifference): string {
  const longer = engine.length > model.length ? engine : model
  const at = longer.findIndex((_line, index) => engine[index] !== model[index])
  const plain = (line = 'nothing') => line.replace(/\d+\/[a-z]\d+/g, 'who').replace(/\d+/g, 'n')
  return `${plain(what)}: ${plain(engine[at])}, not ${plain(model[at])}`
}

/** A failure as it is read: what differs, and the commands that show it. */
export function failureText({ seed, step, difference, commands, document }: FuzzFailure): string {
  const { what, engine, model } = difference
  return [
    `seed ${seed}, step ${step}: ${what}`,
    'engine:',
    ...engine.map((line) => `  ${line}`),
    'model:',
    ...model.map((line) => `  ${line}`),
    `commands (${commands.length}):`,
    ...commands.map((one) => `  ${JSON.stringify(one, bigintText)}`),
    `trading: ${JSON.stringify(document.policy.trading)}`,
    `rules: ${JSON.stringify(document.symbols.map(({ orderRules }) => orderRules))}`,
  ].join('\n')
}

function bigintText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}
