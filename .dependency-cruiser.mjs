// The house, floor by floor: each may import the floors named beside it, its own, and nothing else of ours.
// A type-only import counts. Tests may reach any floor.
const calculating = ['core/domain', 'core/money']
const measuring = ['core/margin', 'core/ledger', ...calculating]
const core = [
  'core/engine',
  'core/matching',
  'core/risk',
  'core/index-price',
  'core/liquidation',
  ...measuring,
]
const running = ['server/sequencer', ...calculating]
const reading = ['server/market', 'server/projections', 'wire', ...running]

const house = {
  'core/money': [],
  'core/domain': ['core/money'],
  'core/matching': calculating,
  'core/ledger': calculating,
  'core/margin': ['core/ledger', ...calculating],
  'core/risk': measuring,
  'core/index-price': calculating,
  'core/liquidation': measuring,
  'core/engine': core,
  wire: calculating,
  'server/journal': [],
  'server/sequencer': ['server/journal', 'core/engine', 'core/domain'],
  'server/sql': [],
  'server/projections': ['server/sql', ...calculating],
  'server/market': ['wire', ...calculating],
  'server/access': ['wire', 'server/sql', 'core/domain'],
  'server/notices': ['server/access', 'server/sql', ...calculating],
  'server/gateway': ['server/access', ...reading],
  'server/streams': ['server/gateway', 'server/access', ...reading],
  'server/feed': running,
  sandbox: ['server/feed', ...running],
  sim: ['sandbox', 'server/feed', 'server/sequencer', 'server/journal', ...core],
  venue: ['sandbox', 'sim', 'server', 'wire', 'core'],
  cli: ['venue', 'sandbox', 'sim', 'server', 'wire', 'core'],
}

const inFloor = (floor) => `^src/${floor}/`
const isTest = '[.]test[.]ts$'
// What every floor may use: the assertion every core floor stands on. `src/index.ts` is the door in, not a floor.
const everywhere = '^src/core/assert[.]ts$'
const door = '^src/index[.]ts$'

const onlyDownward = Object.entries(house).map(([floor, below]) => ({
  name: `${floor} imports only ${below.join(', ') || 'itself'}`,
  comment: 'Move what is needed to a floor below, or ask for it as a value.',
  severity: 'error',
  from: { path: inFloor(floor), pathNot: isTest },
  to: { path: '^src/', pathNot: [floor, ...below].map(inFloor).concat(everywhere) },
}))

export default {
  forbidden: [
    ...onlyDownward,
    {
      name: 'core imports no package and nothing of Node',
      comment: 'Time, chance, files and the network come in as values.',
      severity: 'error',
      from: { path: '^src/core/', pathNot: isTest },
      to: { pathNot: '^src/', couldNotResolve: false },
    },
    {
      name: 'wire imports nothing of Node',
      comment: 'Clients in a browser share these shapes.',
      severity: 'error',
      from: { path: '^src/wire/', pathNot: isTest },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'every file in src stands on a floor',
      comment: 'A new folder gets a row in the house table first.',
      severity: 'error',
      from: { pathNot: isTest },
      to: { path: '^src/', pathNot: [...Object.keys(house).map(inFloor), everywhere, door] },
    },
    {
      name: 'no cycles',
      comment: 'Two files that need each other are one thought, or miss a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'nothing imports a test',
      comment: 'What several tests need is a fixture with a name of its own.',
      severity: 'error',
      from: {},
      to: { path: isTest },
    },
    {
      name: 'the product imports nothing of the tests, benches or examples',
      comment: 'They are not there when the product runs.',
      severity: 'error',
      from: { path: '^src/', pathNot: isTest },
      to: { path: '^(test|bench|examples)/' },
    },
    {
      name: 'every import is found',
      comment: 'A wrong path, or a package missing from package.json.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'the product imports no development package',
      comment: 'Move it to dependencies, with its reason in docs/dependencies.md.',
      severity: 'error',
      from: { path: '^src/', pathNot: isTest },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
}
