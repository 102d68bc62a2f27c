#!/usr/bin/env node
// `npm test`: installs what is missing and runs every check, or the sections named.
import { requireNode } from './lib/node-version.mjs';

requireNode();
const { runTests } = await import('./lib/testing/run-tests.mjs');
await runTests(process.argv.slice(2));
