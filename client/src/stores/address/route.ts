import { create } from 'zustand';
import { formatHash, parseHash, type Route } from './address.ts';

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

/** Goes to a page, or to something of it, with the prompt and the view as they are. */
export function openPage(page: string, ...path: string[]): void {
  navigate({ page, path, params: useRoute.getState().params });
}

/** Follows Back, Forward and addresses typed by hand; `onChange` hears of those only. */
export function followHistory(onChange: (route: Route) => void): void {
  addEventListener('popstate', () => {
    const route = parseHash(location.hash);
    useRoute.setState(route);
    onChange(route);
  });
}
