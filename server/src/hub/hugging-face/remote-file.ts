import { type ContentHash, parseContentHash } from './content-hash.ts';
import { HubConnectionError } from './failures.ts';
import { first, type HubAnswer } from './http.ts';

/** A file in a repository of the hub. */
export interface RepositoryFile {
  /** `organisation/name`. */
  repository: string;
  /** A branch, a tag or a commit. */
  revision: string;
  /** Inside the repository. */
  path: string;
}

/** What the hub announces of a file. */
export interface RemoteFile extends RepositoryFile {
  /** Address that leads to its content at `commit`. */
  url: URL;
  /** Commit that the revision stands for; the revision itself where the hub names none. */
  commit: string;
  /** Bytes. */
  size: number;
  /** Name of its content, without quotes; another content has another. */
  etag: string;
  /** The hash that the ETag is, where it is one. */
  hash: ContentHash | undefined;
}

/** Address of a file's content. */
export function resolveUrl(endpoint: string, { repository, revision, path }: RepositoryFile): URL {
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  return new URL(`${endpoint}/${repository}/resolve/${encodeURIComponent(revision)}/${encoded}`);
}

/** Page of a repository. */
export function repositoryPage(endpoint: string, repository: string): string {
  return `${endpoint}/${repository}`;
}

/**
 * True for a redirect that says all about the file. The signed address that it leads to is often good
 * for GET alone.
 */
export function isAnnouncement(headers: HubAnswer['headers']): boolean {
  return headers['x-linked-etag'] !== undefined && headers['x-linked-size'] !== undefined;
}

/**
 * Reads the announcement off the answer to a HEAD request: of the hub, which speaks of what it
 * redirects to in `X-Linked-…`, before that of the store behind it.
 *
 * @throws HubConnectionError if the answer does not say what is needed
 */
export function readAnnouncement(
  endpoint: string,
  file: RepositoryFile,
  { headers, redirects, url }: Pick<HubAnswer, 'headers' | 'redirects' | 'url'>,
): RemoteFile {
  const find = (name: string) => {
    const saying = [...redirects, headers].find((hop) => hop[name] !== undefined);
    return first(saying?.[name]);
  };
  const commit = find('x-repo-commit') ?? file.revision;
  const etag = plainEtag(find('x-linked-etag') ?? first(headers.etag));
  const length = find('x-linked-size') ?? first(headers['content-length']);
  const size = Number(length ?? Number.NaN);
  if (etag === undefined || !Number.isSafeInteger(size) || size < 0) {
    throw new HubConnectionError(
      `${url.host} does not say how long ${file.path} is and which content it has, as a hub does`,
    );
  }
  const hash = parseContentHash(etag);
  return {
    ...file,
    url: resolveUrl(endpoint, { ...file, revision: commit }),
    commit,
    size,
    etag,
    hash,
  };
}

function plainEtag(header: string | undefined): string | undefined {
  return header?.replace(/^W\//, '').replace(/^"(.*)"$/, '$1') || undefined;
}
