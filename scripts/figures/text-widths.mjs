// Prints the advance widths of Inter, in thousandths of an em, as shared/src/scene/text-widths.ts has
// them: `node scripts/figures/text-widths.mjs`.
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../server/package.json', import.meta.url));
const fontkit = createRequire(require.resolve('pdfkit'))('fontkit');

const FACES = {
  regular: 'inter/400Regular/Inter_400Regular.ttf',
  bold: 'inter/600SemiBold/Inter_600SemiBold.ttf',
};
const CHARACTERS = [];
for (let code = 0x20; code <= 0x17f; code++) if (code < 0x7f || code > 0x9f) CHARACTERS.push(code);

for (const [name, file] of Object.entries(FACES)) {
  const font = fontkit.openSync(require.resolve(`@expo-google-fonts/${file}`));
  const widths = CHARACTERS.map((code) =>
    Math.round((font.glyphForCodePoint(code).advanceWidth / font.unitsPerEm) * 1000),
  );
  console.log(`  ${name}: [${widths.join(', ')}],`);
}
