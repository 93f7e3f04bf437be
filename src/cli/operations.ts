import type { Command } from 'commander'

type Finish = (code: number | Promise<number>) => Promise<void>

/** The commands of whoever keeps a venue running. */
export function addOperations(program: Command, finish: Finish): void {
  addJournal(program, finish)
  addPolicy(program, finish)
  addUser(program, finish)
  withData(program.command('doctor'))
    .description('check everything a venue needs here: a line each, and what to do')
    .option('--port <number>', 'the port it would listen on (PORT; 8080)')
    .option('--host <address>', 'the address it would listen on (127.0.0.1)')
    .action(async (flags) => finish((await import('./doctor.ts')).runDoctor(flags)))
}

function addJournal(program: Command, finish: Finish): void {
  const journal = program
    .command('journal')
    .description('look into the journal of a venue, running or not')
  withData(journal.command('tail'))
    .description('print the newest commands, a line of JSON each')
    .option('-n, --lines <number>', 'how many (10)')
    .option('-f, --follow', 'go on with every one that comes')
    .action(async (flags) => finish((await import('./journal-tail.ts')).runTail(flags)))
  withData(journal.command('inspect'))
    .description('what it holds: size, beginning and end, commands by type')
    .action(async (flags) => finish((await import('./journal.ts')).runInspect(flags)))
  withData(journal.command('verify'))
    .description('check every checksum and the hash chain; exit 1 for damage (audit also replays)')
    .action(async (flags) => finish((await import('./journal.ts')).runVerify(flags)))
}

function addPolicy(program: Command, finish: Finish): void {
  const policy = program.command('policy').description('check and compare policies')
  policy
    .command('check')
    .description('whether a policy can be used; every fault and where it is; exit 1 for faults')
    .argument('<name-or-file>', 'classic, binance, or your own JSON')
    .action(async (profile) => finish((await import('./policy.ts')).runPolicyCheck(profile)))
  policy
    .command('diff')
    .description('every field that differs, and whether that tightens or loosens; exit 1 for any')
    .argument('<from>', 'classic, binance, or your own JSON')
    .argument('<to>', 'the one to compare with it')
    .action(async (from, to) => finish((await import('./policy.ts')).runPolicyDiff(from, to)))
}

function addUser(program: Command, finish: Finish): void {
  const user = program.command('user').description('users and API keys of a venue that is stopped')
  withData(user.command('list'))
    .description('print every account and its API keys, a line of JSON each')
    .action(async (flags) => finish((await import('./user.ts')).runUserList(flags)))
  const operator = user.command('operator').description('those who keep the venue')
  withData(operator.command('set'))
    .description('make an operator or change their roles, and print a new API key with its secret')
    .argument('<email>', 'who it is')
    .requiredOption(
      '--roles <list>',
      'viewer, compliance, risk, market; "" ends them and their keys',
    )
    .option('--public-key <file>', 'PEM of an Ed25519 or RSA key of their own; HMAC without')
    .action(async (email, flags) =>
      finish((await import('./user.ts')).runOperatorSet(email, flags)),
    )
  const key = user.command('key').description('API keys')
  withData(key.command('create'))
    .description('make an API key and print it; its secret is shown this once')
    .requiredOption('--user <number>', 'whose it is')
    .option('--label <text>', 'what it is for', 'command line')
    .option('--permissions <list>', 'of READ,SPOT,MARGIN,BORROW,TRANSFER', 'READ')
    .option('--ip <list>', 'addresses and networks it works from (anywhere)')
    .option('--expires <time>', 'when it stops working, ISO 8601 (never)')
    .option('--public-key <file>', 'a PEM public key, Ed25519 or RSA (an HMAC secret is made)')
    .action(async (flags) => finish((await import('./user.ts')).runKeyCreate(flags)))
  withData(key.command('revoke'))
    .description('end an API key for good; exit 1 when there is no such key')
    .argument('<api-key>', 'the key, not its secret')
    .action(async (apiKey, flags) =>
      finish((await import('./user.ts')).runKeyRevoke(apiKey, flags)),
    )
}

function withData(command: Command): Command {
  return command.option(
    '--data <folder>',
    'the data folder (FULCRUM_DATA)',
    process.env['FULCRUM_DATA'] ?? './data',
  )
}
