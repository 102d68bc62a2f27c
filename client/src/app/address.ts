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
