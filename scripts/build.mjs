#!/usr/bin/env node
// `npm run build`: installs, sets up and builds what `npm start` would, and serves nothing.
import { requireNode } from './lib/node-version.mjs';

requireNode();
const { build } = await import('./lib/build.mjs');
await build();
