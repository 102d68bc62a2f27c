import { fileURLToPath } from 'node:url';

/** The folder that holds the project's package.json. */
export const projectRoot = fileURLToPath(new URL('../../', import.meta.url));
