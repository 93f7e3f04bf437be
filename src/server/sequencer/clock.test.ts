import fc from 'fast-check'
import { expect, test } from 'vitest'
import { VenueClock } from './clock.ts'

function wallAt(start: number) {
  let ms = start
  const pass = (by: number) => {
    ms += by
  }
  return { read: () => ms, pass }
}

test('the clock runs with the wall, faster, or not at all', () => {
  const wall = wallAt(1_000)
  const clock = new VenueClock(wall.read)
  const steps = [
    { speed: 1, pass: 250, now: 1_250 },
    { speed: 60, pass: 100, now: 7_250 },
    { speed: 0, pass: 5_000, now: 7_250 },
    { speed: 0.5, pass: 101, now: 7_300 },
    { speed: 1, pass: 0, now: 7_300 },
  ]
  for (const { speed, pass, now } of steps) {
    clock.setSpeed(speed)
    wall.pass(pass)
    expect([clock.nowMs(), clock.speed]).toEqual([now, speed])
  }
})

test('a frozen clock moves only when it is moved', () => {
  const wall = wallAt(5)
  const clock = new VenueClock(wall.read, 1_000, 0)
  wall.pass(99)
  clock.advance(86_400_000)
  wall.pass(99)
  expect(clock.nowMs()).toBe(86_401_000)
})

test('a restart continues from the journal’s last time, not before', () => {
  const wall = wallAt(1_000)
  const clock = new VenueClock(wall.read)
  clock.continueFrom(900)
  expect(clock.nowMs()).toBe(1_000)
  clock.continueFrom(9_000)
  wall.pass(10)
  expect(clock.nowMs()).toBe(9_010)
})

test('back is refused, and so is a speed that is none', () => {
  const clock = new VenueClock(() => 0)
  for (const ms of [-1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => clock.advance(ms)).toThrow(RangeError)
  for (const speed of [-1, Number.NaN]) expect(() => clock.setSpeed(speed)).toThrow(RangeError)
})

test('V10 time never runs backwards, whatever the wall does and whoever turns the knobs', () => {
  const act = fc.oneof(
    fc.record({ wall: fc.integer({ min: -10_000, max: 10_000 }) }),
    fc.record({ speed: fc.double({ min: 0, max: 1_000, noNaN: true }) }),
    fc.record({ advance: fc.integer({ min: 0, max: 1_000_000 }) }),
  )
  fc.assert(
    fc.property(fc.array(act), (acts) => {
      const wall = wallAt(1_000_000)
      const clock = new VenueClock(wall.read)
      let before = clock.nowMs()
      for (const step of acts) {
        if ('wall' in step) wall.pass(step.wall)
        else if ('speed' in step) clock.setSpeed(step.speed)
        else clock.advance(step.advance)
        const now = clock.nowMs()
        expect(now).toBeGreaterThanOrEqual(before)
        expect(Number.isSafeInteger(now)).toBe(true)
        before = now
      }
    }),
  )
})
