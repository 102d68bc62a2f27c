import { isIPv6 } from 'node:net';
import { delimiter, join } from 'node:path';
import { LoupeError } from '@loupe/shared';
import envPaths from 'env-paths';
import { expandPath } from './expand-path.ts';
import { isLoopback } from './http/loopback.ts';
import { type HubSettings, readHubSettings } from './hub/hugging-face/settings.ts';
import { StoreLayout } from './hub/store-layout.ts';
import { CATALOGUE_FOLDER, SHIPPED_MODELS } from './places.ts';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const LOG_FORMATS = ['json', 'text'] as const;
const BACKENDS = ['tensorflow', 'wasm', 'cpu'] as const;
const SHORTEST_TOKEN = 16;

/** Folder of the models that ship with Loupe. */

/** Everything that the environment decides, checked. */
export interface Settings {
  /** LOUPE_HOST: address to listen at. */
  host: string;
  /** LOUPE_PORT; 0 takes any free one. */
  port: number;
  /** LOUPE_ALLOWED_HOSTS: names besides its own under which the server may be called. */
  allowedHosts: string[];
  /** LOUPE_TOKEN: what every request must then show. */
  token: string | undefined;
  /** LOUPE_STALL_SECONDS, in milliseconds: how long a reader may read nothing of its answer. */
  stallMs: number;
  /**
   * LOUPE_RATE_LIMIT: requests a minute of one client that make the engine work; `undefined` for 1200,
   * which then binds only those who may be strangers.
   */
  rateLimit: number | undefined;
  /** LOUPE_LOG_LEVEL; undefined for `warn` in lines for people, and `info` in JSON. */
  logLevel: (typeof LOG_LEVELS)[number] | undefined;
  /** LOUPE_LOG_FORMAT; undefined for lines for people at a terminal, and JSON elsewhere. */
  logFormat: (typeof LOG_FORMATS)[number] | undefined;
  /** LOUPE_INSPECT: port at which a debugger may attach to the engine; undefined for none. */
  inspectPort: number | undefined;
  /** LOUPE_BACKEND; undefined for the best that works. */
  backend: (typeof BACKENDS)[number] | undefined;
  /** LOUPE_MEMORY, in bytes: how much memory the engine may take; `undefined` for most of the machine's. */
  memoryBytes: number | undefined;
  /** LOUPE_HOME: folder of what has been downloaded. */
  home: string;
  /** Folders that hold models: the one that ships with Loupe, then that of `home`. */
  modelRoots: string[];
  /** Folder of the sets of dictionaries that were installed. */
  setsFolder: string;
  /** LOUPE_FONT: font files and folders of them, which stand in for characters that ours lack. */
  fonts: string[];
  /** LOUPE_CATALOGUE: folder of the list of what can be installed. */
  catalogueFolder: string;
  /** The HF_* variables and those of proxies. */
  hub: HubSettings;
}

/**
 * Reads the LOUPE_* variables, and those of others that concern Loupe. A variable that is empty counts as not set.
 *
 * @param environment as `process.env`
 * @throws LoupeError `LOUPE_BAD_SETTING` naming the variable and what it may be
 */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const home = expandPath(environment.LOUPE_HOME, environment) ?? dataFolder(environment);
  const layout = new StoreLayout(home);
  return {
    host: environment.LOUPE_HOST || '127.0.0.1',
    port: readNumber(environment, 'LOUPE_PORT', 4173, { min: 0, max: 65_535, whole: true }),
    allowedHosts: readHosts(environment.LOUPE_ALLOWED_HOSTS),
    token: readToken(environment.LOUPE_TOKEN),
    stallMs: 1000 * readNumber(environment, 'LOUPE_STALL_SECONDS', 60, { min: 0.1, max: 86_400 }),
    rateLimit: readNumber(environment, 'LOUPE_RATE_LIMIT', undefined, {
      min: 1,
      max: 1e6,
      whole: true,
    }),
    logLevel: readChoice(environment, 'LOUPE_LOG_LEVEL', LOG_LEVELS),
    logFormat: readChoice(environment, 'LOUPE_LOG_FORMAT', LOG_FORMATS),
    inspectPort: environment.LOUPE_INSPECT
      ? readNumber(environment, 'LOUPE_INSPECT', 0, { min: 1, max: 65_535, whole: true })
      : undefined,
    backend: readChoice(environment, 'LOUPE_BACKEND', BACKENDS),
    memoryBytes: readBytes(environment, 'LOUPE_MEMORY'),
    home,
    modelRoots: [SHIPPED_MODELS, layout.models],
    setsFolder: layout.sets,
    fonts: (environment.LOUPE_FONT ?? '')
      .split(delimiter)
      .flatMap((place) => expandPath(place, environment) ?? []),
    catalogueFolder: expandPath(environment.LOUPE_CATALOGUE, environment) ?? CATALOGUE_FOLDER,
    hub: readHubSettings(environment),
  };
}

/** The platform's folder for data: on Linux `$XDG_DATA_HOME/loupe`, or `~/.local/share/loupe`. */
function dataFolder(environment: NodeJS.ProcessEnv): string {
  const asked = expandPath(environment.XDG_DATA_HOME, environment);
  if (process.platform === 'linux' && asked !== undefined) return join(asked, 'loupe');
  return envPaths('loupe', { suffix: '' }).data;
}

/**
 * Refuses to be reachable from other machines without a token.
 *
 * @throws LoupeError `LOUPE_BAD_SETTING`
 */
export function requireTokenBeyondLoopback({ host, token }: Settings): void {
  if (token !== undefined || isLoopback(host)) return;
  throw new LoupeError(
    'LOUPE_BAD_SETTING',
    `At ${host} other machines could reach Loupe. Set LOUPE_TOKEN to a secret of at least ` +
      `${SHORTEST_TOKEN} characters that they must show, or leave LOUPE_HOST at 127.0.0.1.`,
  );
}

function readNumber<T extends number | undefined>(
  environment: NodeJS.ProcessEnv,
  name: string,
  preset: T,
  { min, max, whole = false }: { min: number; max: number; whole?: boolean },
): number | T {
  const text = environment[name];
  if (!text) return preset;
  const value = Number(text);
  if (value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
  const kind = whole ? 'a whole number' : 'a number';
  throw new LoupeError(
    'LOUPE_BAD_SETTING',
    `${name} is "${text}"; it must be ${kind} from ${min} to ${max}.`,
  );
}

const UNITS: Record<string, number> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };
const BINARY_UNITS: Record<string, number> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

function readBytes(environment: NodeJS.ProcessEnv, name: string): number | undefined {
  const text = environment[name];
  if (!text) return undefined;
  const [, digits, prefix = '', binary] =
    /^(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?$/i.exec(text.trim()) ?? [];
  const unit = (binary ? BINARY_UNITS : UNITS)[prefix.toLowerCase()];
  if (digits !== undefined && unit !== undefined && Number(digits) > 0) {
    return Math.round(Number(digits) * unit);
  }
  throw new LoupeError(
    'LOUPE_BAD_SETTING',
    `${name} is "${text}"; it must be a number of bytes, such as 2000000000, 2GB or 1.5GiB.`,
  );
}

function readChoice<T extends string>(
  environment: NodeJS.ProcessEnv,
  name: string,
  choices: readonly T[],
): T | undefined {
  const text = environment[name];
  if (!text) return undefined;
  const choice = choices.find((candidate) => candidate === text);
  if (choice !== undefined) return choice;
  throw new LoupeError(
    'LOUPE_BAD_SETTING',
    `${name} is "${text}"; it must be one of ${choices.join(', ')}.`,
  );
}

function readHosts(text: string | undefined): string[] {
  const hosts = (text ?? '')
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '');
  const odd = hosts.find((host) => !/^[a-z0-9_.-]+$/.test(host) && !isIPv6(host));
  if (odd === undefined) return hosts;
  throw new LoupeError(
    'LOUPE_BAD_SETTING',
    `LOUPE_ALLOWED_HOSTS has "${odd}"; it must be names or addresses, with commas between and ` +
      'without scheme and port.',
  );
}

function readToken(text: string | undefined): string | undefined {
  if (!text) return undefined;
  if (text.length >= SHORTEST_TOKEN) return text;
  throw new LoupeError(
    'LOUPE_BAD_SETTING',
    `LOUPE_TOKEN has ${text.length} characters; use at least ${SHORTEST_TOKEN}, hard to guess.`,
  );
}
