import { createRequire } from 'node:module';
import type { Face } from '@loupe/shared';

const require = createRequire(import.meta.url);
const PACKAGE = '@expo-google-fonts';

/** The files of the faces that figures are set in, so that they look the same on every machine. */
export const FONT_FILES: Record<Face, string> = {
  regular: require.resolve(`${PACKAGE}/inter/400Regular/Inter_400Regular.ttf`),
  bold: require.resolve(`${PACKAGE}/inter/600SemiBold/Inter_600SemiBold.ttf`),
  mono: require.resolve(`${PACKAGE}/jetbrains-mono/400Regular/JetBrainsMono_400Regular.ttf`),
};
