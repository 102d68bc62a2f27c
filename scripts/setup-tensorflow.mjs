#!/usr/bin/env node
// `npm run setup:tensorflow`: gives TensorFlow.js its native library, or says what to install.
import { requireNode } from './lib/node-version.mjs';

requireNode();
const { runSetupCommand } = await import('./lib/setup-command.mjs');
await runSetupCommand(process.argv.slice(2));
