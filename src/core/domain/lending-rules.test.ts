import { expect, test } from 'vitest'
import type { Fault, Shape } from './document-shape.ts'
import { curveFaults, lendingFaults, lendingShape, rateCurveShape } from './lending-rules.ts'
import type { AssetDocument, LendingDocument, RateCurveDocument } from './venue-document.ts'

const CURVE = { kink: '0.8', atKink: '0.0003', atFull: '0.003' }

function shapeFaults(shape: Shape, value: unknown): Fault[] {
  const faults: Fault[] = []
  shape(value, 'at', faults)
  return faults
}

test.each<[string, RateCurveDocument | null, string[]]>([
  ['none', null, []],
  ['flat up to the kink', CURVE, []],
  ['flat all the way', { ...CURVE, atFull: '0.0003' }, []],
  [
    'falling to the kink',
    { ...CURVE, atKink: '0.000299999999' },
    ['at.atKink: is below dailyInterestRate'],
  ],
  [
    'falling from the kink',
    { ...CURVE, atKink: '0.003', atFull: '0.002999999999' },
    ['at.atFull: is below atKink'],
  ],
  ['a kink at nothing', { ...CURVE, kink: '0' }, ['at.kink: must be above 0']],
  ['a kink at all', { ...CURVE, kink: '1' }, ['at.kink: is too large: "1"']],
])('I2 a rate never falls as more is lent: %s', (_, rateCurve, faults) => {
  const document = { dailyInterestRate: '0.0003', rateCurve } as AssetDocument
  const found = rateCurve === null ? [] : shapeFaults(rateCurveShape, rateCurve)
  found.push(...curveFaults(document, 'at'))
  expect(found.map(({ path, message }) => `${path}: ${message}`)).toEqual(faults)
})

test.each<[string, Partial<LendingDocument>, string[]]>([
  ['nothing', {}, []],
  ['levels better each', { vip: [vip('1', '1'), vip('2', '0.9'), vip('2', '0.9')] }, []],
  [
    'a lower limit than level 0',
    { vip: [vip('0.9', '1')] },
    ['policy.lending.vip[0].borrowLimit: must not fall by level'],
  ],
  [
    'a lower limit than the level before',
    { vip: [vip('3', '0.9'), vip('2', '0.9')] },
    ['policy.lending.vip[1].borrowLimit: must not fall by level'],
  ],
  [
    'a higher rate than the level before',
    { vip: [vip('2', '0.8'), vip('2', '0.9')] },
    ['policy.lending.vip[1].interest: must not rise by level'],
  ],
  [
    'interest in an asset that is not there',
    { interestInBnb: { asset: 'BNB', discount: '0.05' } },
    ['policy.lending.interestInBnb.asset: BNB is not among the assets'],
  ],
  ['interest in one that is', { interestInBnb: { asset: 'ETH', discount: '0.05' } }, []],
  [
    'no discount at all',
    { interestInBnb: { asset: 'ETH', discount: '0' } },
    ['at.interestInBnb.discount: must be above 0'],
  ],
])('B12 I4 what a policy says of lending: %s', (_, lending, faults) => {
  const assets = [{ code: 'ETH' }] as AssetDocument[]
  const found = [...shapeFaults(lendingShape, lending), ...lendingFaults(lending, assets)]
  expect(found.map(({ path, message }) => `${path}: ${message}`)).toEqual(faults)
})

function vip(borrowLimit: string, interest: string) {
  return { borrowLimit, interest }
}
