import { create } from 'zustand';

/** A page with what it shows: `#/prompt?prompt=…`. After the `#`, so prompts reach no server log. */
export interface Route {
  page: string;
  params: URLSearchParams;
}

const HOME = 'prompt';

/** Reads the part of an address after the `#`. */
export function parseHash(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split(/\?(.*)/s);
  return { page: path || HOME, params: new URLSearchParams(query) };
}

/** Writes it. */
export function formatHash({ page, params }: Route): string {
  const query = params.toString();
  return `#/${page}${query && '?'}${query}`;
}

/** Where the reader is. */
export const useRoute = create<Route>()(() => parseHash(location.hash));

/** Goes to a page; `replace` leaves no step behind for the Back button. */
export function navigate(route: Route, how: 'push' | 'replace' = 'push'): void {
  const hash = formatHash(route);
  if (hash === formatHash(useRoute.getState())) return;
  if (how === 'push') history.pushState(null, '', hash);
  else history.replaceState(null, '', hash);
  useRoute.setState(route);
}

/** Follows Back, Forward and addresses typed by hand; `onChange` hears of those only. */
export function followHistory(onChange: (route: Route) => void): void {
  addEventListener('popstate', () => {
    const route = parseHash(location.hash);
    useRoute.setState(route);
    onChange(route);
  });
}
