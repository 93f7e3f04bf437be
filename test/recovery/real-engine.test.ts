import { expect, test } from 'vitest'
import type { Command } from '../../src/core/domain/command.ts'
import { ask } from '../../src/core/engine/ask.ts'
import { apply, createState } from '../../src/core/engine/engine.ts'
import { decodeState, encodeState } from '../../src/core/engine/snapshot.ts'
import { Prng } from '../../src/server/feed/prng.ts'
import { SimulatedDisk } from '../../src/server/journal/simulated-disk.ts'
import { VenueClock } from '../../src/server/sequencer/clock.ts'
import { Sequencer } from '../../src/server/sequencer/sequencer.ts'
import { loadCommand, openingCommands } from './venue-load.ts'

const START_MS = 1_767_225_600_000
const engine = { createState, apply, ask, encodeState, decodeState }

function venueOn(disk: SimulatedDisk, clock = new VenueClock(() => START_MS)): Promise<Sequencer> {
  const log = { info: () => {}, warn: () => {}, error: () => {} }
  const settings = { engine, dir: '/data', storage: disk, clock, log, onFatal: () => {} }
  return Sequencer.open({ ...settings, segmentBytes: 64 * 1024, checkpointEvery: 100 })
}

test('J9 the whole exchange recovers from a checkpoint and from the beginning to the same state and answers', async () => {
  const disk = new SimulatedDisk()
  const clock = new VenueClock(() => START_MS, START_MS, 0)
  const sequencer = await venueOn(disk, clock)
  for (const command of openingCommands()) await sequencer.submit(command)
  for (let n = 0; n < 400; n += 1) {
    clock.advance(n % 40 === 0 ? 3_600_000 : 250)
    await sequencer.submit(loadCommand(sequencer.venue, n, `n${n}`))
  }
  const risk = (venue: Sequencer) => venue.ask('risk', { userId: 1 as never })
  for (const left of [disk.processKill(), disk.powerCut()]) {
    const again = await venueOn(left)
    expect([again.stateHash(), risk(again)]).toEqual([sequencer.stateHash(), risk(sequencer)])
    for (const path of left.paths().filter((name) => name.includes('checkpoints')))
      await left.remove(path)
    const fresh = await venueOn(left.processKill())
    expect(fresh.stateHash()).toBe(sequencer.stateHash())
    expect(fresh.nowMs()).toBe(sequencer.nowMs())
  }
})

test.each([1, 2, 3])(
  'J7 J9 power cuts at any operation lose nothing acknowledged: seed %i',
  async (seed) => {
    const prng = new Prng(seed)
    let disk = new SimulatedDisk()
    let acknowledged = 0
    for (let life = 0; life < 6; life += 1) {
      let operationsLeft = 40 + prng.below(120)
      const sequencer = await venueOn(disk)
      expect(sequencer.sequence).toBeGreaterThanOrEqual(acknowledged)
      disk.fault = () => {
        operationsLeft -= 1
        if (operationsLeft <= 0) throw new Error('power cut')
      }
      const send = async (command: Command) => {
        const { sequence } = await sequencer.submit(command)
        acknowledged = Math.max(acknowledged, sequence)
      }
      try {
        if (sequencer.sequence === 0) for (const command of openingCommands()) await send(command)
        for (let n = 0; n < 1_200; n += 3) {
          const names = [n, n + 1, n + 2]
          const sent = names.map((name) =>
            send(loadCommand(sequencer.venue, name, `l${life}-${name}`)),
          )
          await Promise.allSettled(sent)
          await Promise.all(sent)
        }
      } catch {
        // the machine is off
      }
      disk = disk.powerCut(() => prng.below(2) === 0)
    }
    const hash = (await venueOn(disk.processKill())).stateHash()
    for (const path of disk.paths().filter((name) => name.includes('checkpoints')))
      await disk.remove(path)
    expect((await venueOn(disk)).stateHash()).toBe(hash)
  },
)
