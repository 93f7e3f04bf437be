import { enableCompileCache } from 'node:module'
import { Command, CommanderError } from 'commander'
import { failureOf } from './failure.ts'
import { addOperations } from './operations.ts'

enableCompileCache()

// Started by the launcher of an older Node, which holds the other end: without it this venue would run on unseen.
process.on('disconnect', () => process.exit(137))
process.channel?.unref()

const program = new Command('fulcrum')
  .description('A cross margin exchange that anyone can run.')
  .exitOverride()

program
  .command('start')
  .description('run the whole venue')
  .option('--port <number>', 'port to listen on, 0 for any free one (PORT; 8080)')
  .option('--host <address>', 'address to listen on (127.0.0.1)')
  .option('--data <folder>', 'where everything is kept (FULCRUM_DATA; ./data)')
  .option('--ephemeral', 'keep nothing')
  .option('--live', 'an operator’s venue: no sandbox doors, no demo users')
  .option('--policy <name-or-file>', 'classic, binance, or your own (classic)')
  .option(
    '--market <kind>',
    'synthetic, exchanges, binance or still (synthetic; --live: exchanges)',
  )
  .option('--candles <path>', 'play recorded candles as the market, a step a second, over and over')
  .option('--seed <number>', 'decides the synthetic market (1)')
  .option('--start-time <time>', 'where the venue’s clock starts, ISO 8601')
  .option('--speed <factor>', 'venue time per wall time; 0 is frozen (1)')
  .action(async (flags) => finish((await import('./start.ts')).runStart(flags)))

program
  .command('replay')
  .description('run historical candles through the engine with a population of margin accounts')
  .argument('<path>', 'a folder of candle files, or one file')
  .option('--accounts <number>', 'margin accounts (500)')
  .option('--seed <number>', 'decides the population (1)')
  .option('--policy <name-or-file>', 'classic, binance, or your own (classic)')
  .option('--from <time>', 'first bar, ISO 8601')
  .option('--to <time>', 'last bar, ISO 8601')
  .option('--report <file>', 'write an HTML report')
  .option('--json <file>', 'write the result as JSON')
  .option('--journal <folder>', 'leave the run’s journal in a new data folder, for audit')
  .option('--quote-prices <list>', 'what quote assets are worth in USDT: BTC=30000,USDC=1')
  .action(async (path, flags) =>
    finish((await import('./replay.ts')).runReplay({ path, ...flags })),
  )

program
  .command('audit')
  .description('replay the journal from nothing and check every invariant')
  .requiredOption('--data <folder>', 'the data folder')
  .action(async (flags) => finish((await import('./audit.ts')).runAudit(flags)))

program
  .command('sim')
  .description('seeded random runs of the engine with every invariant checked')
  .option('--seeds <number>', 'how many seeds (20)')
  .option('--seed <number>', 'the first seed (1)')
  .option('--commands <number>', 'commands for each seed (2000)')
  .action(async (flags) => finish((await import('./sim.ts')).runSim(flags)))

addOperations(program, finish)

async function finish(code: number | Promise<number>): Promise<void> {
  process.exitCode = await code
}

// The reader of a pipe may have seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

program.parseAsync().catch((error: unknown) => {
  // Commander has said what was wrong, or shown the help that was asked for.
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2)
  const { text, code } = failureOf(error)
  console.error(`fulcrum: ${text}`)
  process.exit(code)
})
