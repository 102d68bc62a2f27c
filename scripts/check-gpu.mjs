#!/usr/bin/env node
// `npm run check:gpu`: proves on a machine with an NVIDIA GPU that Loupe computes on it, and right.
import { requireNode } from './lib/node-version.mjs';

requireNode();
const { runGpuCheck } = await import('./lib/gpu-check/run-gpu-check.mjs');
await runGpuCheck();
