import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const TSCONFIG = fileURLToPath(new URL('../tsconfig.json', import.meta.url));
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** Options of Node with which a process of ours runs TypeScript, whatever runs this one. */
export const TYPESCRIPT_OPTIONS: readonly string[] = ['--import', TSX];

/** Without it the loader would take the configuration of whatever folder Loupe is run from. */
export const TYPESCRIPT_ENVIRONMENT = { TSX_TSCONFIG_PATH: TSCONFIG };
