import { type Static, Type } from 'typebox';

const Tolerance = Type.Object(
  {
    absolute: Type.Optional(Type.Number({ minimum: 0 })),
    relative: Type.Optional(Type.Number({ minimum: 0 })),
    why: Type.String({ minLength: 1 }),
  },
  { additionalProperties: false, description: 'the larger of the two counts' },
);
export type Tolerance = Static<typeof Tolerance>;

const of = Type.String({ description: 'name of the measured value' });

/** What a measured value must be. */
export const Expectation = Type.Union([
  Type.Object(
    { of, value: Type.Number(), tolerance: Type.Optional(Tolerance) },
    {
      additionalProperties: false,
      description: "close to it, by its own tolerance or the check's",
    },
  ),
  Type.Object({ of, equals: Type.Array(Type.Integer()) }, { additionalProperties: false }),
  Type.Object({ of, atLeast: Type.Number() }, { additionalProperties: false }),
  Type.Object({ of, atMost: Type.Number() }, { additionalProperties: false }),
]);
export type Expectation = Static<typeof Expectation>;

/** How an expectation is known. */
export const Evidence = Type.Union([
  Type.Literal('read', { description: 'read in the place named' }),
  Type.Literal('stated', { description: 'stated by a secondary place' }),
  Type.Literal('derived', { description: 'follows by algebra' }),
  Type.Literal('inferred', { description: 'to be tested' }),
  Type.Literal('remembered', { description: 'from memory of a paper, not read again' }),
  Type.Literal('computed', { description: 'computed by a script of this project, in PyTorch' }),
  Type.Literal('ours', { description: 'a measure and threshold of our own, not published' }),
]);
export type Evidence = Static<typeof Evidence>;

/** Where an expectation comes from. */
export const Citation = Type.Object(
  {
    repository: Type.String(),
    file: Type.String(),
    place: Type.String({ description: 'lines, cells or a name in the file' }),
    evidence: Evidence,
    note: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);
export type Citation = Static<typeof Citation>;

/** One check: what to measure, and what must come of it. */
export const Check = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z0-9][a-z0-9.-]{0,99}$' }),
    title: Type.String(),
    kind: Type.String({ description: 'one of those in verify/checks' }),
    parameters: Type.Unknown({ description: 'as the kind wants them' }),
    expect: Type.Array(Expectation, { minItems: 1 }),
    tolerance: Type.Optional(Tolerance),
    source: Citation,
  },
  { additionalProperties: false },
);
export type Check = Static<typeof Check>;

/** `data/acceptance/<model>.json`: values that a model and its sources must reproduce. */
export const AcceptanceTable = Type.Object(
  { model: Type.String(), about: Type.String(), checks: Type.Array(Check, { minItems: 1 }) },
  { additionalProperties: false },
);
export type AcceptanceTable = Static<typeof AcceptanceTable>;
