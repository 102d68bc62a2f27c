import { describeConvention, formatNormalization } from '@loupe/shared';
import type { Interpretation } from './alternatives.ts';
import type { Trial, TriedInterpretation } from './try-interpretations.ts';

/** Features at a position from which on a dictionary looks as if it were given the wrong input. */
const MANY_ACTIVE = 200;
/** How much more another interpretation must explain to be worth telling. */
const CLEARLY_MORE = 0.02;

/** What looks wrong about a dictionary, in sentences for people; nothing if all is well. */
export function judge({ stated, others }: Trial): string[] {
  const warnings: string[] = [];
  const { explainedVariance, active } = stated;
  if (active === 0) {
    warnings.push('No feature is active anywhere in the sample.');
  } else if (explainedVariance < 0) {
    warnings.push(
      `It explains ${percent(explainedVariance)} of the variance: less than the mean alone would.`,
    );
  }
  if (active >= MANY_ACTIVE) {
    warnings.push(
      `${Math.round(active)} features are active on a token, where some tens are usual: a sign that it gets another input than it was trained on.`,
    );
  }
  const better = bestOther(others);
  if (better && better.explainedVariance > explainedVariance + CLEARLY_MORE) {
    warnings.push(
      `Read ${differences(stated.interpretation, better.interpretation)}, it explains ${percent(better.explainedVariance)} ` +
        `instead of ${percent(explainedVariance)}, with ${Math.round(better.active)} features active on a token. ` +
        `If that is how it was trained, put ${cardFields(stated.interpretation, better.interpretation)} into its card.json and import it again with --force.`,
    );
  }
  return warnings;
}

/** A share as people read it: `98.7 %`, `−755 %`. */
export function percent(share: number): string {
  const text = Math.abs(100 * share).toFixed(Math.abs(share) < 9.995 ? 1 : 0);
  return `${share < 0 ? '−' : ''}${text} %`;
}

/** An interpretation in words, by what distinguishes it. */
export function formatInterpretation(interpretation: Interpretation): string {
  const { convention, normalization, inputBias } = interpretation;
  return [
    describeConvention(convention),
    ...(normalization.kind === 'none' ? [] : [formatNormalization(normalization)]),
    inputBias ? 'bias taken off the input' : 'no bias on the input',
  ].join(', ');
}

function bestOther(others: readonly TriedInterpretation[]): TriedInterpretation | undefined {
  return others.reduce<TriedInterpretation | undefined>(
    (best, each) => (best && best.explainedVariance >= each.explainedVariance ? best : each),
    undefined,
  );
}

function differences(stated: Interpretation, other: Interpretation): string {
  const parts: string[] = [];
  if (other.convention !== stated.convention)
    parts.push(`with ${describeConvention(other.convention)}`);
  if (other.normalization.kind !== stated.normalization.kind) {
    parts.push(
      other.normalization.kind === 'none'
        ? 'without normalising its input'
        : `with its input normalised (${formatNormalization(other.normalization)})`,
    );
  }
  if (other.inputBias !== stated.inputBias) {
    parts.push(
      other.inputBias
        ? 'with the output bias taken off the input'
        : 'without taking the output bias off the input',
    );
  }
  return parts.join(' and ');
}

function cardFields(stated: Interpretation, other: Interpretation): string {
  const fields: string[] = [];
  if (other.convention !== stated.convention) fields.push(`"convention": "${other.convention}"`);
  if (other.normalization.kind !== stated.normalization.kind) {
    fields.push(`"normalization": ${JSON.stringify(other.normalization)}`);
  }
  if (other.inputBias !== stated.inputBias) fields.push(`"inputBias": ${other.inputBias}`);
  return fields.join(', ');
}
