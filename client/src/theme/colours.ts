import { MARK_COLOURS, type MarkKind } from '@loupe/shared';

/** Every colour of the page, by the name of its CSS variable (`--page`, `--attention`). */
export interface Colours extends Record<MarkKind, string> {
  page: string;
  panel: string;
  /** Fields, chips and hovered rows: a step away from the panel. */
  sunken: string;
  line: string;
  /** Borders of controls: a step stronger than a line. */
  edge: string;
  text: string;
  muted: string;
  /** Selection and focus. */
  accent: string;
  /** The accent as a quiet ground, for the selected row and column. */
  'accent-ground': string;
  good: string;
  warning: string;
  bad: string;
}

export type Scheme = 'light' | 'dark';

/** The two colour tables; the same category has the same name on every page and in every export. */
export const COLOURS: Record<Scheme, Colours> = {
  light: {
    page: '#f6f6f3',
    panel: '#ffffff',
    sunken: '#f1f1ed',
    line: '#e3e3de',
    edge: '#d2d2cc',
    text: '#1c1c1a',
    muted: '#686863',
    accent: '#6d28d9',
    'accent-ground': '#f3edfd',
    ...MARK_COLOURS.light,
    good: '#12894a',
    warning: '#b25a00',
    bad: '#c0281f',
  },
  dark: {
    page: '#131314',
    panel: '#1a1a1c',
    sunken: '#232326',
    line: '#2d2d30',
    edge: '#3d3d42',
    text: '#e9e9e6',
    muted: '#9b9b96',
    accent: '#a78bfa',
    'accent-ground': '#272338',
    ...MARK_COLOURS.dark,
    good: '#3fbf78',
    warning: '#e9a04a',
    bad: '#f27d72',
  },
};
