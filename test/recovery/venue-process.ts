import { writeSync } from 'node:fs'
import { present } from '../../src/core/assert.ts'
import { ask } from '../../src/core/engine/ask.ts'
import { apply, createState } from '../../src/core/engine/engine.ts'
import { decodeState, encodeState } from '../../src/core/engine/snapshot.ts'
import { VenueClock } from '../../src/server/sequencer/clock.ts'
import { Sequencer } from '../../src/server/sequencer/sequencer.ts'
import { loadCommand, openingCommands } from './venue-load.ts'

// A venue under load, to be killed. What is written before a command is sent and after its answer goes out with
// synchronous writes, so nothing of it is lost with the process: `intent NAME`, `ack NAME SEQUENCE`.

const [dir, run, segmentBytes, checkpointEvery] = process.argv.slice(2)
const SENDERS = 32

const say = (line: string) => writeSync(1, `${line}\n`)
const log = { info: () => {}, warn: () => {}, error: () => {} }

const sequencer = await Sequencer.open({
  engine: { createState, apply, ask, encodeState, decodeState },
  dir: present(dir, 'the first argument is the data folder'),
  clock: new VenueClock(Date.now),
  log,
  segmentBytes: Number(segmentBytes),
  checkpointEvery: Number(checkpointEvery),
})
if (sequencer.sequence === 0)
  for (const command of openingCommands()) await sequencer.submit(command)

let next = 0
async function send(): Promise<never> {
  for (;;) {
    const n = next
    next += 1
    const name = `r${run}-${n}`
    say(`intent ${name}`)
    const { sequence } = await sequencer.submit(loadCommand(sequencer.venue, n, name))
    say(`ack ${name} ${sequence}`)
  }
}
say('ready')
await Promise.all(Array.from({ length: SENDERS }, send))
