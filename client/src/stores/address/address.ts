/** A page with what it shows: `#/prompt?prompt=…`. After the `#`, so prompts reach no server log. */
export interface Route {
  page: string;
  /** What of the page is open, from the largest to the smallest: `#/models/demo/att-demo`. */
  path: readonly string[];
  params: URLSearchParams;
}

const HOME = 'prompt';

/** A part of a path that may have been typed by hand. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Reads the part of an address after the `#`. */
export function parseHash(hash: string): Route {
  const [whole = '', query = ''] = hash.replace(/^#?\/?/, '').split(/\?(.*)/s);
  const [page, ...path] = whole.split('/').filter(Boolean).map(decode);
  return { page: page ?? HOME, path, params: new URLSearchParams(query) };
}

/** Writes it. */
export function formatHash({ page, path, params }: Route): string {
  const query = params.toString();
  const whole = [page, ...path].map(encodeURIComponent).join('/');
  return `#/${whole}${query && '?'}${query}`;
}
