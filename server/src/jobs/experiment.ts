import {
  type AblationsRequest,
  type InterventionRequest,
  type InterventionResponse,
  type InterventionRun,
  LoupeError,
  parseFeatureId,
  type SourceInfo,
  whyUnfit,
} from '@loupe/shared';
import { logitLabel } from '../attribution/graph/graph-node.ts';
import { graphSources, type LayerSources } from '../attribution/graph/graph-sources.ts';
import {
  type LogitTarget,
  logitTargets,
  targetPosition,
  targetTokens,
  targetValue,
} from '../attribution/graph/logit-targets.ts';
import { CleanRun } from '../interventions/clean-run.ts';
import type { Intervened } from '../interventions/hook-edits.ts';
import { chooseSources, findSource } from './choose-sources.ts';
import { findInstalled } from './find-feature.ts';
import type { LoadedModel } from './loaded-model.ts';
import { promptTokens } from './prompt-tokens.ts';

type Request = Omit<InterventionRequest, 'changes'> | Omit<AblationsRequest, 'ablate'>;

/** What a request for interventions is about, checked as far as that needs no run of the model. */
export class Experiment implements Intervened {
  readonly model: LoadedModel;
  /** Those that explain each layer. */
  readonly sources: readonly LayerSources[];
  readonly tokens: Int32Array;
  /** Whose next token the logits are of. */
  readonly position: number;
  readonly runs: readonly InterventionRun[];
  readonly #request: Request;
  /** Sources whose features are changed or looked at in free runs besides. */
  readonly #others = new Set<SourceInfo>();

  /** @throws LoupeError as `POST /circuits` does for prompt, target and sources */
  constructor(request: Request, model: LoadedModel) {
    const { gpt2, tokenizer } = model;
    const { mode = 'features', target = {}, runs = ['frozen', 'free'] } = request;
    const chosen = chooseSources(model, request.sources);
    this.model = model;
    this.runs = [...new Set(runs)];
    const named = request.sources !== undefined;
    if (this.#isFrozen) {
      this.sources = graphSources(chosen, named, gpt2.blocks.length, mode);
      for (const source of this.#explaining) refuseCrossLayer(source);
    } else {
      const fitting = chosen.filter((source) => whyUnfit(source) === undefined);
      this.sources = graphSources(fitting, false, gpt2.blocks.length, mode);
      if (named) this.#others = new Set(chosen);
    }
    this.tokens = promptTokens(request, tokenizer, gpt2.config).ids;
    targetTokens(tokenizer, gpt2.config.vocabulary, target);
    this.position = targetPosition(target, this.tokens.length);
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

  /**
   * What a feature id names. In a free run every source that is installed will do, and is looked at from
   * then on; a frozen run has only those that explain a layer.
   *
   * @throws LoupeError `LOUPE_BAD_REQUEST` for a text that is no id, or a source that is not there or does
   *   not explain its layer; `LOUPE_UNSUPPORTED_DICTIONARY` for one that cannot; `LOUPE_FEATURE_NOT_FOUND`
   */
  find(id: string): { source: SourceInfo; index: number } {
    const set = parseFeatureId(id)?.source;
    if (set !== undefined && !findSource(this.model, set)) {
      throw new LoupeError(
        'LOUPE_BAD_REQUEST',
        `${set} is not among the sources of this circuit: it is not installed for ${this.model.id}.`,
      );
    }
    const found = findInstalled(this.model, id);
    if (this.#isFrozen) this.#refuseUnlessExplaining(found.source);
    else this.#others.add(found.source);
    return found;
  }

  /** Runs the model without interventions; the run is the caller's. */
  *start(): Generator<undefined, CleanRun> {
    const { mode = 'features' } = this.#request;
    const { gpt2 } = this.model;
    const others = [...this.#others];
    return yield* CleanRun.start(gpt2, mode, this.sources, others, this.tokens, this);
  }

  /** The logits that are asked about, as they are without interventions. */
  targets(clean: CleanRun): LogitTarget[] {
    const { gpt2, tokenizer } = this.model;
    const { finalResidual } = clean.cache;
    const { targets, reader } = logitTargets(gpt2, tokenizer, finalResidual, this.#request.target);
    reader.dispose();
    return targets;
  }

  get #isFrozen(): boolean {
    return this.runs.includes('frozen');
  }

  get #explaining(): SourceInfo[] {
    return this.sources.flatMap(({ attention, mlp }) => [attention ?? [], mlp ?? []].flat());
  }

  #refuseUnlessExplaining(source: SourceInfo): void {
    if (this.#explaining.some(({ id }) => id === source.id)) return;
    const reason = whyUnfit(source);
    if (reason !== undefined) {
      throw new LoupeError(
        'LOUPE_UNSUPPORTED_DICTIONARY',
        `Features of ${source.id} cannot be changed in a frozen run: ${reason}. ${FREE}`,
      );
    }
    const inPlace = this.#explaining.find(
      ({ kind, outputHook }) => kind === source.kind && outputHook === source.outputHook,
    );
    throw new LoupeError(
      'LOUPE_BAD_REQUEST',
      `${source.id} is not among the sources of this circuit${inPlace ? `, where ${inPlace.id} stands in its place` : ''}. ` +
        'Name it in "sources" (on the command line --sources), with what else is to explain, or change ' +
        `the mode. ${FREE}`,
    );
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

const FREE =
  'A free run takes features of any source: ask for "runs": ["free"] (on the command line --runs free).';

/** @throws LoupeError `LOUPE_UNSUPPORTED_DICTIONARY` for a source that a frozen run cannot have */
function refuseCrossLayer({ id, crossLayer }: SourceInfo): void {
  if (!crossLayer) return;
  throw new LoupeError(
    'LOUPE_UNSUPPORTED_DICTIONARY',
    `${id} belongs to a cross-layer transcoder, of which a frozen run cannot be made. ${FREE}`,
  );
}

/** Values of targets in logits `[vocabulary]`. */
export function targetValues(targets: readonly LogitTarget[], logits: Float32Array): number[] {
  const mean = logits.reduce((sum, logit) => sum + logit, 0) / logits.length;
  return targets.map((target) => targetValue(target, logits, mean));
}
