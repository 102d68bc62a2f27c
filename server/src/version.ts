import { readFileSync } from 'node:fs';
import { SERVER_MANIFEST } from './places.ts';

const manifest: { version: string } = JSON.parse(readFileSync(SERVER_MANIFEST, 'utf8'));

/** Version of Loupe. */
export const VERSION = manifest.version;
