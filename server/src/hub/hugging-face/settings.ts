import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { LoupeError } from '@loupe/shared';
import { expandPath } from '../../expand-path.ts';

/** The public hub. Everything else follows from HF_ENDPOINT. */
const PUBLIC_HUB = 'https://huggingface.co';

/** How the Hugging Face hub is reached: the variables that Hugging Face's own tools read. */
export interface HubSettings {
  /** HF_ENDPOINT, without a slash at its end. */
  endpoint: string;
  /** HF_TOKEN; undefined where `tokenFile` is to be looked at. */
  token: string | undefined;
  /** HF_TOKEN_PATH: where `hf auth login` keeps the token. */
  tokenFile: string;
  /** HF_HUB_CACHE: the cache that Hugging Face's tools share. */
  cacheFolder: string;
  /** HF_HUB_OFFLINE: ask no server. */
  offline: boolean;
  proxies: ProxySettings;
}

/** HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, not checked: who fetches nothing needs none. */
export interface ProxySettings {
  http: string | undefined;
  https: string | undefined;
  none: string;
}

/**
 * Reads the HF_* variables and those of proxies. One that is empty counts as not set.
 *
 * @throws LoupeError `LOUPE_BAD_SETTING`
 */
export function readHubSettings(environment: NodeJS.ProcessEnv): HubSettings {
  const path = (name: string) => expandPath(environment[name], environment);
  const home = path('HF_HOME') ?? join(cacheHome(environment), 'huggingface');
  return {
    endpoint: readEndpoint(environment.HF_ENDPOINT || PUBLIC_HUB),
    token: (environment.HF_TOKEN || environment.HUGGING_FACE_HUB_TOKEN)?.trim() || undefined,
    tokenFile: path('HF_TOKEN_PATH') ?? join(home, 'token'),
    cacheFolder: path('HF_HUB_CACHE') ?? path('HUGGINGFACE_HUB_CACHE') ?? join(home, 'hub'),
    offline: isTrue(environment.HF_HUB_OFFLINE),
    proxies: {
      http: readProxy(environment, 'HTTP_PROXY'),
      https: readProxy(environment, 'HTTPS_PROXY'),
      none: variable(environment, 'NO_PROXY') ?? '',
    },
  };
}

/** The token to show, as it is now: the user may log in while the server runs. */
export function currentToken({ token, tokenFile }: HubSettings): string | undefined {
  if (token !== undefined) return token;
  try {
    return readFileSync(tokenFile, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

function cacheHome(environment: NodeJS.ProcessEnv): string {
  return expandPath(environment.XDG_CACHE_HOME, environment) ?? join(homedir(), '.cache');
}

function readEndpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return text.replace(/\/+$/, '');
  throw new LoupeError(
    'LOUPE_BAD_SETTING',
    `HF_ENDPOINT is "${text}"; it must be the address of a hub, as https://hub.example.`,
  );
}

function readProxy(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  const text = variable(environment, name) ?? variable(environment, 'ALL_PROXY');
  return text === undefined || text.includes('://') ? text : `http://${text}`;
}

/** Proxies are named in capitals or not. */
function variable(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  return environment[name.toLowerCase()] || environment[name] || undefined;
}

function isTrue(text: string | undefined): boolean {
  return /^(1|on|yes|true)$/i.test(text ?? '');
}
