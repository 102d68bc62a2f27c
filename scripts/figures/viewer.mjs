// Bundles client/src/viewer/viewer.ts into shared/src/export/viewer-script.ts:
// `node scripts/figures/viewer.mjs`. tests/unit/export/viewer.test.ts fails where that was forgotten.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const path = (relative) => fileURLToPath(new URL(`../../${relative}`, import.meta.url));

/** The text of shared/src/export/viewer-script.ts. */
export async function viewerModule() {
  const { outputFiles } = await build({
    entryPoints: [path('client/src/viewer/viewer.ts')],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    charset: 'ascii',
    legalComments: 'none',
  });
  const script = outputFiles[0].text.trim();
  const hash = createHash('sha256').update(script).digest('base64');
  return `// Made by scripts/figures/viewer.mjs from client/src/viewer/viewer.ts.
/** The script of exported HTML files. */
export const VIEWER_SCRIPT =
  ${JSON.stringify(script)};
/** Its SHA-256, by which the file's own policy lets it and nothing else run. */
export const VIEWER_HASH = '${hash}';
`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(path('shared/src/export/viewer-script.ts'), await viewerModule());
}
