#!/usr/bin/env node
// The `fulcrum` command: runs the TypeScript entry, in this process if its Node is new enough, else under Node 24.
import { fileURLToPath } from 'node:url'
import { isNodeNewEnough, runWithNode } from './with-node.mjs'

const entry = new URL('../src/cli/main.ts', import.meta.url)

if (isNodeNewEnough()) await import(entry.href)
else runWithNode('node', [fileURLToPath(entry), ...process.argv.slice(2)], { tied: true })
