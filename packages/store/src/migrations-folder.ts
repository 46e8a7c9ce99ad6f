import { fileURLToPath } from 'node:url';

/** Where the migrations lie: beside the folder of this file, in the source, in a build and in a bundle. */
export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../migrations', import.meta.url));
