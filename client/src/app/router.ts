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

/** Follows Back, Forward and addresses typed by hand; `onChange` hears of those only. */
export function followHistory(onChange: (route: Route) => void): void {
  addEventListener('popstate', () => {
    const route = parseHash(location.hash);
    useRoute.setState(route);
    onChange(route);
  });
}
