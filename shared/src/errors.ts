/**
 * Every failure Loupe can report, in one table: a stable code, the HTTP status that carries it, and
 * what to do about it when the thrower has nothing more exact to say.
 */
export const ERRORS = {
  LOUPE_BAD_REQUEST: [400, 'The request is not valid. Compare it with /api/v1/openapi.json.'],
  LOUPE_PROMPT_TOO_LONG: [400, 'The prompt is longer than the context of the model. Shorten it.'],
  LOUPE_TOKEN_OUT_OF_RANGE: [400, 'A token id is not in the vocabulary of the model.'],
  LOUPE_NOT_TOKENS: [
    400,
    'The tokenizer of the model cannot write this text. Give token ids: "tokens": [5, 17, 3].',
  ],
  LOUPE_UNAUTHORIZED: [401, 'Send the token of this server as "Authorization: Bearer <token>".'],
  LOUPE_FORBIDDEN_HOST: [403, 'This server answers only requests made to its own address.'],
  LOUPE_FORBIDDEN_ORIGIN: [403, 'This server answers only pages that it served itself.'],
  LOUPE_NOT_FOUND: [
    404,
    'There is nothing at this address. /api/v1/openapi.json lists the routes.',
  ],
  LOUPE_MODEL_NOT_FOUND: [404, 'No such model. /api/v1/models lists the installed ones.'],
  LOUPE_FEATURE_NOT_FOUND: [
    404,
    'No such feature. /api/v1/models lists each source with its width.',
  ],
  LOUPE_HOOK_NOT_FOUND: [
    404,
    'No such hook. They are named as in TransformerLens: blocks.3.attn.hook_pattern.',
  ],
  LOUPE_FEATURE_NOT_ACTIVE: [422, 'The feature is not active there, so that nothing leads to it.'],
  LOUPE_SOURCE_NOT_INSTALLED: [409, 'No such source is installed. /api/v1/models lists them.'],
  LOUPE_NOT_IN_CATALOGUE: [
    404,
    'The catalogue has no such model or set. GET /api/v1/catalogue lists it.',
  ],
  LOUPE_DOWNLOAD_NOT_FOUND: [404, 'There is no such download. GET /api/v1/downloads lists them.'],
  LOUPE_ALREADY_DOWNLOADING: [
    409,
    'This is being downloaded already. GET /api/v1/downloads shows how far it is.',
  ],
  LOUPE_ID_TAKEN: [409, 'Something else has this id. Choose another, or remove it first.'],
  LOUPE_BODY_TOO_LARGE: [413, 'The request body is too large.'],
  LOUPE_RATE_LIMITED: [429, 'Too many requests. Wait for as long as Retry-After says.'],
  LOUPE_BAD_FILE: [422, 'A file is damaged or not of the expected form.'],
  LOUPE_UNSUPPORTED_MODEL: [422, 'Only GPT-2-architecture checkpoints can be loaded.'],
  LOUPE_UNSUPPORTED_DICTIONARY: [422, 'This dictionary uses something that Loupe does not know.'],
  LOUPE_SHAPE_MISMATCH: [422, 'A tensor does not have the shape that its configuration announces.'],
  LOUPE_UNSAFE_FILE: [
    422,
    'A file asks to run code or refers to things outside itself. It was not loaded.',
  ],
  LOUPE_IMPORT_REFUSED: [422, 'The folder cannot be imported. The message says what does not fit.'],
  LOUPE_BAD_GRAPH: [422, 'This is not an attribution graph that Loupe can read.'],
  LOUPE_GRAPH_TOO_LARGE: [422, 'The graph has too many nodes or links. Prune it, or set maxNodes.'],
  LOUPE_ANSWER_TOO_LARGE: [422, 'The answer would be too large. Ask for less at once.'],
  LOUPE_CANCELLED: [499, 'The client went away before the answer was complete.'],
  LOUPE_BAD_SETTING: [500, 'A LOUPE_* environment variable has a value that it cannot have.'],
  LOUPE_INTERNAL: [500, 'Something went wrong inside Loupe. The server log has the details.'],
  LOUPE_BAD_CATALOGUE: [500, 'A file of the catalogue is not valid.'],
  LOUPE_DOWNLOAD_FAILED: [
    502,
    'The hub did not give the file. Try again: what has arrived is kept.',
  ],
  LOUPE_HASH_MISMATCH: [
    502,
    'What arrived is not what the hub announced. It was thrown away; try again.',
  ],
  LOUPE_OFFLINE: [503, 'The hub cannot be reached. The message says which files to place where.'],
  LOUPE_DISK_FULL: [
    507,
    'There is not enough free space on the disk. Free some, or set LOUPE_HOME.',
  ],
  LOUPE_BACKEND_UNAVAILABLE: [500, 'The requested tensor backend cannot be started.'],
  LOUPE_OUT_OF_MEMORY: [
    503,
    'The engine ran out of memory. Use a shorter prompt or fewer sources.',
  ],
  LOUPE_QUEUE_FULL: [503, 'The engine has too many requests waiting. Try again in a moment.'],
  LOUPE_ENGINE_CRASHED: [503, 'The engine stopped and is being restarted. Try again.'],
  LOUPE_ENGINE_UNAVAILABLE: [503, 'The engine cannot be started. The server log says why.'],
  LOUPE_STREAM_STALLED: [503, 'The reader stopped reading, so the engine let the request go.'],
  LOUPE_SERVER_UNREACHABLE: [503, 'The Loupe server does not answer. Start it with "npm start".'],
  LOUPE_BAD_ANSWER: [
    502,
    'The server answered in a form that this page does not know. Load the page anew.',
  ],
  LOUPE_PAGE_FAILED: [500, 'A part of the page has failed. The rest of it works; try again.'],
} as const satisfies Record<string, readonly [status: number, advice: string]>;

/** A stable error code of the table. */
export type ErrorCode = keyof typeof ERRORS;

/** What a failure looks like on the wire. */
export interface ErrorBody {
  code: ErrorCode;
  message: string;
  detail?: unknown;
}

/** Any failure that has a code. The message says what happened and what to do about it. */
export class LoupeError extends Error {
  override readonly name = 'LoupeError';
  readonly code: ErrorCode;
  readonly detail: unknown;

  constructor(code: ErrorCode, message: string = ERRORS[code][1], detail?: unknown) {
    super(message);
    this.code = code;
    this.detail = detail;
  }

  /** HTTP status of the code. */
  get status(): number {
    return ERRORS[this.code][0];
  }

  /** The wire form: `{ code, message, detail? }`. */
  toBody(): ErrorBody {
    const { code, message, detail } = this;
    return detail === undefined ? { code, message } : { code, message, detail };
  }

  /** Rebuilds the error from its wire form, as after a hop between processes. */
  static fromBody(body: ErrorBody): LoupeError {
    return new LoupeError(body.code, body.message, body.detail);
  }
}

/** True for a value of the wire form of an error. */
export function isErrorBody(value: unknown): value is ErrorBody {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    typeof value.code === 'string' &&
    value.code in ERRORS &&
    'message' in value &&
    typeof value.message === 'string'
  );
}

/** Any thrown value as a `LoupeError`; what has no code becomes `LOUPE_INTERNAL`. */
export function toLoupeError(thrown: unknown): LoupeError {
  if (thrown instanceof LoupeError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new LoupeError('LOUPE_INTERNAL', message);
}
