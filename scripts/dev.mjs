#!/usr/bin/env node
// `npm run dev`: the server, its engine and the page, each reloading when its sources change.
import { requireNode } from './lib/node-version.mjs';

requireNode();
const { develop } = await import('./lib/develop.mjs');
await develop(process.argv.slice(2));
