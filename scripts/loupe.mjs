#!/usr/bin/env node
// `npm run loupe -- <command>`: the command line, after what it needs has been installed. All that is
// said about that goes to stderr.
import { requireNode } from './lib/node-version.mjs';

requireNode();
const { launch } = await import('./lib/launch.mjs');
await launch(process.argv.slice(2));
