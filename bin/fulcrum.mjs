#!/usr/bin/env node
// The `fulcrum` command: finds Node 24 and runs the TypeScript entry under it.
import { fileURLToPath } from 'node:url'
import { runWithNode } from './with-node.mjs'

runWithNode('node', [
  '--disable-warning=ExperimentalWarning',
  fileURLToPath(new URL('../src/cli/main.ts', import.meta.url)),
  ...process.argv.slice(2),
])
