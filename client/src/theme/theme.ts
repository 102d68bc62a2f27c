import { create } from 'zustand';
import { COLOURS, type Colours, type Scheme } from './colours.ts';

/** What the reader asked for; `system` follows the operating system. */
export type ThemeChoice = 'system' | Scheme;

interface ThemeState {
  choice: ThemeChoice;
  scheme: Scheme;
  choose(choice: ThemeChoice): void;
}

const KEY = 'loupe.theme';
const systemDark = matchMedia('(prefers-color-scheme: dark)');

function resolve(choice: ThemeChoice): Scheme {
  if (choice !== 'system') return choice;
  return systemDark.matches ? 'dark' : 'light';
}

function stored(): ThemeChoice {
  const value = localStorage.getItem(KEY);
  return value === 'light' || value === 'dark' ? value : 'system';
}

/** The theme; `useTheme((state) => state.scheme)` gives the one in use. */
export const useTheme = create<ThemeState>()((set) => ({
  choice: stored(),
  scheme: resolve(stored()),
  choose(choice) {
    if (choice === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, choice);
    set({ choice, scheme: resolve(choice) });
  },
}));

/** The colours in use, as values, for what CSS cannot reach: canvas and exported SVG. */
export function useColours(): Colours {
  return COLOURS[useTheme((state) => state.scheme)];
}

function apply(scheme: Scheme): void {
  const root = document.documentElement;
  root.dataset.scheme = scheme;
  root.style.colorScheme = scheme;
  for (const [name, value] of Object.entries(COLOURS[scheme])) {
    root.style.setProperty(`--${name}`, value);
  }
}

/** Writes the colours into the CSS variables of the page and keeps them there as the theme changes. */
export function startTheme(): void {
  apply(useTheme.getState().scheme);
  useTheme.subscribe((state) => apply(state.scheme));
  systemDark.addEventListener('change', () => {
    const { choice, scheme } = useTheme.getState();
    const next = resolve(choice);
    if (next !== scheme) useTheme.setState({ scheme: next });
  });
}
