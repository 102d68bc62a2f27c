import { readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { LoupeError } from '@loupe/shared';

const ENDING = /\.(ttf|otf|ttc|otc)$/i;
/** Fonts that have a box, or nothing, for every character. */
const EMPTY = /last-?resort|adobe-?blank/i;

/** Where systems keep fonts, those that a user has installed included. */
export function systemFontFolders(
  platform: NodeJS.Platform = process.platform,
  environment: NodeJS.ProcessEnv = process.env,
): string[] {
  const home = homedir();
  if (platform === 'darwin') {
    return ['/System/Library/Fonts', '/Library/Fonts', join(home, 'Library/Fonts')];
  }
  if (platform === 'win32') {
    const windows = environment.WINDIR ?? 'C:\\Windows';
    const local = environment.LOCALAPPDATA ?? join(home, 'AppData', 'Local');
    return [join(windows, 'Fonts'), join(local, 'Microsoft', 'Windows', 'Fonts')];
  }
  return [
    '/usr/share/fonts',
    '/usr/local/share/fonts',
    join(home, '.local/share/fonts'),
    join(home, '.fonts'),
  ];
}

/** The font files in these folders, plain ones of upright sans serifs first; folders may be missing. */
export function fontFilesIn(folders: readonly string[]): string[] {
  const files = folders.flatMap((folder) => {
    try {
      return readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => ENDING.test(name) && !EMPTY.test(name))
        .map((name) => join(folder, name));
    } catch {
      return [];
    }
  });
  const ranked = files.map((file) => ({ file, rank: oddity(file) }));
  ranked.sort((a, b) => a.rank - b.rank || (a.file < b.file ? -1 : 1));
  return ranked.map(({ file }) => file);
}

/** How far a face is, by its name, from what a figure is set in. */
function oddity(file: string): number {
  const name = file.replace(/^.*[/\\]/, '');
  let rank = /sans|gothic|pingfang|hei|arial|malgun/i.test(name) ? 0 : 2;
  if (/bold|black|heavy|light|thin/i.test(name)) rank += 4;
  if (/italic|oblique|condensed|narrow/i.test(name)) rank += 8;
  if (/serif|mono|ming|song|mincho/i.test(name)) rank += 3;
  return rank;
}

/**
 * The files that LOUPE_FONT names.
 *
 * @param places files, or folders of files
 * @throws LoupeError `LOUPE_BAD_SETTING` for one that is neither
 */
export function chosenFontFiles(places: readonly string[]): string[] {
  return places.flatMap((place) => {
    const path = resolve(place);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory()) return fontFilesIn([path]);
    if (stat?.isFile()) return [path];
    throw new LoupeError('LOUPE_BAD_SETTING', `LOUPE_FONT names ${place}, which is not there.`);
  });
}
