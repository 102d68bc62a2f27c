import type { Static, TSchema } from 'typebox';
import type { Subject } from '../subject.ts';

/** One measured value: a number, or ids in order. */
export type Measured = number | readonly number[];

/** What a check measured, by name. */
export type Measurements = ReadonlyMap<string, Measured>;

/** How far a long measurement is. */
export interface Step {
  done: number;
  all: number;
}

/** A generator that measures, says how far it is, and may be dropped wherever it yields. */
export type Measuring = Generator<Step | undefined, Measurements>;

/** A kind of check: how to measure something of a model. What must come of it is data. */
export interface CheckKind {
  readonly name: string;
  /** Schema of a check's parameters. */
  readonly parameters: TSchema;
  /** Ids of the sources that it reads. */
  sources(parameters: unknown): readonly string[];
  /** Why it cannot be run, beyond sources that are missing; undefined if it can. */
  blocked(parameters: unknown, subject: Subject): string | undefined;
  measure(parameters: unknown, subject: Subject): Measuring;
}

/** Makes a kind of check whose functions see parameters of its schema's type. */
export function checkKind<P extends TSchema>(kind: {
  name: string;
  parameters: P;
  sources?: (parameters: Static<P>) => readonly string[];
  blocked?: (parameters: Static<P>, subject: Subject) => string | undefined;
  measure: (parameters: Static<P>, subject: Subject) => Measuring;
}): CheckKind {
  const { name, parameters, sources, blocked, measure } = kind;
  // Parameters have been checked against the schema when the table was read.
  return {
    name,
    parameters,
    sources: (given) => sources?.(given as Static<P>) ?? [],
    blocked: (given, subject) => blocked?.(given as Static<P>, subject),
    measure: (given, subject) => measure(given as Static<P>, subject),
  };
}
