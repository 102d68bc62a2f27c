import { fileURLToPath } from 'node:url';

/** Folder of the catalogue that ships with Loupe. */
export const CATALOGUE_FOLDER = fileURLToPath(new URL('../../../data/catalogue', import.meta.url));
