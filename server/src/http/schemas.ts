import {
  AblationsRequest,
  AblationsResponse,
  ActivationsRequest,
  ActivationsResponse,
  AttentionScoreRequest,
  AttentionScoreResponse,
  Catalogue,
  CircuitGraph,
  CircuitRequest,
  Download,
  DownloadList,
  DownloadRequest,
  ERRORS,
  type ErrorCode,
  ExampleRun,
  FeatureInfo,
  FeaturesRequest,
  FeaturesResponse,
  FeatureWeight,
  Health,
  HooksRequest,
  InterventionRequest,
  InterventionResponse,
  LogitLensRequest,
  LogitLensResponse,
  ModelInfo,
  ModelList,
  PathsRequest,
  PathsResponse,
  RenderRequest,
} from '@loupe/shared';
import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';

/** A failure as every route answers it. */
const Failure = Type.Object(
  {
    code: Type.Unsafe<ErrorCode>({ type: 'string', enum: Object.keys(ERRORS) }),
    message: Type.String({ description: 'what happened and what to do' }),
    detail: Type.Optional(Type.Unknown()),
  },
  { description: 'every failure, whatever its status' },
);

/** Schemas that the API's description names, so that clients can be generated with those names. */
const SCHEMAS = {
  AblationsRequest,
  AblationsResponse,
  ActivationsRequest,
  ActivationsResponse,
  AttentionScoreRequest,
  AttentionScoreResponse,
  Catalogue,
  CircuitGraph,
  CircuitRequest,
  Download,
  DownloadList,
  DownloadRequest,
  ExampleRun,
  Failure,
  FeatureInfo,
  FeaturesRequest,
  FeaturesResponse,
  FeatureWeight,
  Health,
  HooksRequest,
  InterventionRequest,
  InterventionResponse,
  LogitLensRequest,
  LogitLensResponse,
  ModelInfo,
  ModelList,
  PathsRequest,
  PathsResponse,
  RenderRequest,
};
type SchemaName = keyof typeof SCHEMAS;

/** Makes the schemas known to an app. */
export function addSchemas(app: FastifyInstance): void {
  for (const [name, schema] of Object.entries(SCHEMAS)) app.addSchema({ $id: name, ...schema });
}

/** A reference to a schema by its name, which keeps its type. */
export function schema<N extends SchemaName>(name: N) {
  return Type.Unsafe<Static<(typeof SCHEMAS)[N]>>({ $ref: `${name}#` });
}

/** Failures that any route can answer with. */
const ALWAYS: ErrorCode[] = [
  'LOUPE_BAD_REQUEST',
  'LOUPE_UNAUTHORIZED',
  'LOUPE_FORBIDDEN_HOST',
  'LOUPE_FORBIDDEN_ORIGIN',
  'LOUPE_INTERNAL',
];

/** Failures of routes that make the engine work, besides those of its jobs. */
const OF_WORK: ErrorCode[] = [
  'LOUPE_MODEL_NOT_FOUND',
  'LOUPE_SOURCE_NOT_INSTALLED',
  'LOUPE_BODY_TOO_LARGE',
  'LOUPE_RATE_LIMITED',
  'LOUPE_BACKEND_UNAVAILABLE',
  'LOUPE_OUT_OF_MEMORY',
  'LOUPE_QUEUE_FULL',
  'LOUPE_ENGINE_CRASHED',
  'LOUPE_ENGINE_UNAVAILABLE',
];

/** Response schemas of a route: its JSON answer and its failures by status. */
export function answers(
  name: SchemaName,
  codes: readonly ErrorCode[] = [],
  others: Record<string, unknown> = {},
): Record<number, unknown> {
  const content = { 'application/json': { schema: schema(name) }, ...others };
  return { 200: { description: 'the answer', content }, ...failures([...ALWAYS, ...codes]) };
}

/** As `answers`, for a route whose answer has another status. */
export function answersWith(
  status: number,
  answer: unknown,
  codes: readonly ErrorCode[],
): Record<number, unknown> {
  return { [status]: answer, ...failures([...ALWAYS, ...codes]) };
}

/** As `answers`, for a route that makes the engine work. */
export function answersOfWork(
  name: SchemaName,
  codes: readonly ErrorCode[] = [],
  others: Record<string, unknown> = {},
): Record<number, unknown> {
  return answers(name, [...OF_WORK, ...codes], others);
}

/** As `answersOfWork`, for a route that answers with something other than JSON. */
export function streamOfWork(
  content: Record<string, unknown>,
  codes: readonly ErrorCode[] = [],
): Record<number, unknown> {
  return answersWith(200, { description: 'the answer', content }, [...OF_WORK, ...codes]);
}

const RETRY_AFTER = {
  'Retry-After': { type: 'integer', description: 'seconds to wait; absent if waiting is no cure' },
};

function failures(codes: readonly ErrorCode[]): Record<number, unknown> {
  const statuses = new Set(codes.map((code) => ERRORS[code][0]));
  return Object.fromEntries(
    Array.from(statuses, (status) => [
      status,
      {
        description: codes.filter((code) => ERRORS[code][0] === status).join(', '),
        ...((status === 429 || status === 503) && { headers: RETRY_AFTER }),
        content: { 'application/json': { schema: schema('Failure') } },
      },
    ]),
  );
}
