import type { Ink } from './figure-model.ts';
import { MARK_COLOURS } from './mark-kinds.ts';

/** Colours of a picture by what they are for; any CSS colour. */
export type Palette = Readonly<Record<Ink, string>>;

export type FigureTheme = 'light' | 'dark';

/** Colours of figures, on white paper and on a dark ground. */
export const FIGURE_COLOURS: Record<FigureTheme, Palette> = {
  light: {
    paper: '#ffffff',
    text: '#1c1c1a',
    muted: '#686863',
    line: '#e3e3de',
    positive: '#3c3c39',
    negative: '#a8323e',
    ...MARK_COLOURS.light,
  },
  dark: {
    paper: '#1a1a1c',
    text: '#e9e9e6',
    muted: '#9b9b96',
    line: '#2d2d30',
    positive: '#c9c9c4',
    negative: '#f27d72',
    ...MARK_COLOURS.dark,
  },
};
