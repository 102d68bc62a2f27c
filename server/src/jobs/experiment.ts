import {
  type AblationsRequest,
  type InterventionRequest,
  type InterventionResponse,
  type InterventionRun,
  LoupeError,
} from '@loupe/shared';
import { logitLabel } from '../circuits/graph/graph-node.ts';
import { graphSources, type LayerSources } from '../circuits/graph/graph-sources.ts';
import {
  type LogitTarget,
  logitTargets,
  targetPosition,
  targetTokens,
  targetValue,
} from '../circuits/graph/logit-targets.ts';
import { CleanRun } from '../interventions/clean-run.ts';
import type { Intervened } from '../interventions/hook-edits.ts';
import { chooseSources, findSource } from './choose-sources.ts';
import type { LoadedModel } from './loaded-model.ts';
import { promptTokens } from './prompt-tokens.ts';

type Request = Omit<InterventionRequest, 'changes'> | Omit<AblationsRequest, 'ablate'>;

/** What a request for interventions is about, checked as far as that needs no run of the model. */
export class Experiment implements Intervened {
  readonly model: LoadedModel;
  readonly sources: readonly LayerSources[];
  readonly tokens: Int32Array;
  /** Whose next token the logits are of. */
  readonly position: number;
  readonly runs: readonly InterventionRun[];
  readonly #request: Request;

  /** @throws LoupeError as `POST /circuits` does for prompt, target and sources */
  constructor(request: Request, model: LoadedModel) {
    const { gpt2, tokenizer } = model;
    const { mode = 'features', target = {}, runs = ['frozen', 'free'] } = request;
    const chosen = chooseSources(model, request.sources);
    this.model = model;
    this.sources = graphSources(chosen, request.sources !== undefined, gpt2.blocks.length, mode);
    this.tokens = promptTokens(request, tokenizer, gpt2.config).ids;
    targetTokens(tokenizer, gpt2.config.vocabulary, target);
    this.position = targetPosition(target, this.tokens.length);
    this.runs = [...new Set(runs)];
    this.#request = request;
  }

  get dHead(): number {
    return this.model.gpt2.config.dHead;
  }

  source(id: string) {
    const source = findSource(this.model, id);
    if (source) return source;
    throw new LoupeError('LOUPE_SOURCE_NOT_INSTALLED', `${id} is not installed.`);
  }

  dictionary(source: Parameters<LoadedModel['dictionary']>[0]) {
    return this.model.dictionary(source);
  }

  /** Runs the model without interventions; the run is the caller's. */
  *start(): Generator<undefined, CleanRun> {
    const { mode = 'features' } = this.#request;
    return yield* CleanRun.start(this.model.gpt2, mode, this.sources, this.tokens, this);
  }

  /** The logits that are asked about, as they are without interventions. */
  targets(clean: CleanRun): LogitTarget[] {
    const { gpt2, tokenizer } = this.model;
    const { finalResidual } = clean.trace;
    const { targets, reader } = logitTargets(gpt2, tokenizer, finalResidual, this.#request.target);
    reader.dispose();
    return targets;
  }

  /** Targets as answers name them. */
  describe(targets: readonly LogitTarget[]): InterventionResponse['targets'] {
    const { tokenizer } = this.model;
    return targets.map((target) => ({
      label: logitLabel(target, (id) => tokenizer.text(id)),
      value: target.value,
    }));
  }
}

/** Values of targets in logits `[vocabulary]`. */
export function targetValues(targets: readonly LogitTarget[], logits: Float32Array): number[] {
  const mean = logits.reduce((sum, logit) => sum + logit, 0) / logits.length;
  return targets.map((target) => targetValue(target, logits, mean));
}
