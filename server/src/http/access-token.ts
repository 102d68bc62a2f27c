import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const COOKIE = 'loupe_access';

/** The secret of a server that other machines can reach, and the ways of showing it. */
export class AccessToken {
  readonly #digest: Buffer;
  readonly #cookieDigest: Buffer;
  /** Value of `Set-Cookie` for a page that has shown the token. */
  readonly setCookie: string;

  constructor(token: string) {
    this.#digest = digest(token);
    const cookie = digest(`${COOKIE}:${token}`).toString('base64url');
    this.#cookieDigest = digest(cookie);
    this.setCookie = `${COOKIE}=${cookie}; Path=/; HttpOnly; SameSite=Strict`;
  }

  /** True if the text is the token; takes the same time wherever they differ. */
  is(text: string): boolean {
    return timingSafeEqual(digest(text), this.#digest);
  }

  /** True if the headers show the token, as a bearer or by the cookie. */
  isShownBy({ authorization, cookie }: IncomingHttpHeaders): boolean {
    const bearer = /^Bearer +(.+)$/i.exec(authorization ?? '')?.[1];
    if (bearer !== undefined) return this.is(bearer);
    const value = new RegExp(`(?:^|; *)${COOKIE}=([\\w-]+)`).exec(cookie ?? '')?.[1];
    return value !== undefined && timingSafeEqual(digest(value), this.#cookieDigest);
  }
}

/** Digests have one length, so that comparing them does not even tell that of the token. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
