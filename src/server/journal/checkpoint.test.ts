import { expect, test } from 'vitest'
import { CHECKPOINTS_KEPT, listCheckpoints, readCheckpoint, writeCheckpoint } from './checkpoint.ts'
import { SimulatedDisk } from './simulated-disk.ts'

const DIR = '/data'

function checkpoint(sequence: number) {
  return {
    sequence,
    timestampMs: sequence * 10,
    chain: new Uint8Array(32).fill(sequence),
    bytes: Buffer.from(`state at ${sequence}`),
  }
}

test('J10 a checkpoint is read back, and the two newest are kept', async () => {
  const disk = new SimulatedDisk()
  for (const sequence of [9, 10, 11, 100]) await writeCheckpoint(disk, DIR, checkpoint(sequence))
  expect(await listCheckpoints(disk, DIR)).toEqual([100, 11])
  expect(CHECKPOINTS_KEPT).toBe(2)
  expect(await readCheckpoint(disk, DIR, 100)).toEqual(checkpoint(100))
})

test('J10 a checkpoint is there whole or not at all, wherever writing it stops', async () => {
  for (const failing of ['create', 'write', 'sync', 'rename', 'syncDirectory'] as const) {
    const disk = new SimulatedDisk()
    await writeCheckpoint(disk, DIR, checkpoint(1))
    disk.fault = (operation) => {
      if (operation === failing) throw new Error('EIO')
    }
    await expect(writeCheckpoint(disk, DIR, checkpoint(2))).rejects.toThrow('EIO')
    for (const left of [disk.powerCut(), disk.powerCut(() => true), disk.processKill()])
      for (const sequence of await listCheckpoints(left, DIR))
        expect(await readCheckpoint(left, DIR, sequence)).toEqual(checkpoint(sequence))
  }
})

test('J10 any flipped bit, or a cut, is found', async () => {
  const disk = new SimulatedDisk()
  await writeCheckpoint(disk, DIR, checkpoint(5))
  const path = disk.paths()[0] as string
  const bytes = disk.bytes(path)
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    expect(await readCheckpoint(disk, DIR, 5)).toBeTypeOf('string')
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  }
  await (await disk.open(path)).truncate(bytes.length - 1)
  expect(await readCheckpoint(disk, DIR, 5)).toContain('not as long')
})
