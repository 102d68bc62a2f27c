#!/usr/bin/env node
// `npm start`: installs what is missing, builds the page, and serves it.
import { requireNode } from './lib/node-version.mjs';

requireNode();
const { launch } = await import('./lib/launch.mjs');
await launch(['serve', ...process.argv.slice(2)]);
