import { type ActivationFunction, LoupeError } from '@loupe/shared';
import { type Static, Type } from 'typebox';
import { checked } from '../../checked.ts';
import type { DictionaryCard } from '../card.ts';
import type { DictionaryFolder, DictionaryFormat } from '../format.ts';
import { moduleHooks, usualHook } from '../hook-names.ts';
import { cardOrStated } from '../layer-norm-fold.ts';
import { DICTIONARY_CLASSES, type DictionaryClass } from './dictionary-learning-classes.ts';
import { readSizes, readTensors, tensorFiles, weightsFile } from './named-tensors.ts';
import { refuseOtherTensors, unsupported } from './set-folder.ts';
import { TensorFile } from './tensor-file.ts';

const CONFIG_FILE = 'config.json';
const WEIGHTS_FILE = 'ae.pt';

const Optional = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) =>
  Type.Optional(Type.Union([type, Type.Null()]));

/** The fields of `config.json` that matter here. */
const Config = Type.Object({
  trainer: Type.Object({
    dict_class: Type.String(),
    activation_dim: Optional(Type.Integer()),
    dict_size: Optional(Type.Integer()),
    k: Optional(Type.Integer({ minimum: 1 })),
    layer: Optional(Type.Integer({ minimum: 0, maximum: 9999 })),
    submodule_name: Optional(Type.String()),
  }),
  buffer: Optional(Type.Object({ io: Type.Optional(Type.String()) })),
});
type Config = Static<typeof Config>;

/**
 * The layout of dictionary_learning (github.com/saprmarks/dictionary_learning): `trainer_{n}` with `ae.pt`,
 * a state dictionary, and `config.json`, which names the class that it is of and, mostly, the module that
 * it was trained on. What its own `load_dictionary` makes of it is what is read here; a card can say the
 * hook, and not what the class computes.
 */
export const dictionaryLearning: DictionaryFormat = {
  name: 'dictionary-learning',
  recognizes: (folder) =>
    folder.files.includes(CONFIG_FILE) &&
    tensorFiles(folder).length > 0 &&
    hasClass(folder.readJson(CONFIG_FILE)),
  layerOf: (folder) => readConfig(folder).trainer.layer ?? undefined,
  notFollowed(folder, card) {
    const { trainer } = readConfig(folder);
    const fields = (['tensors', 'activationFunction', 'inputBias'] as const).filter(
      (field) => card[field] !== undefined,
    );
    if (fields.length === 0) return [];
    return [
      `What the card says under ${fields.map((field) => `"${field}"`).join(', ')} was not followed: ` +
        `${CONFIG_FILE} says that it is of the class ${trainer.dict_class}, which settles that.`,
    ];
  },
  describe(folder, card) {
    const config = readConfig(folder);
    const ofClass = classOf(folder, config);
    return TensorFile.use(folder, fileOf(folder, card), (file) => {
      refuseOtherTensors(folder, file, (name) => isKnown(ofClass, name));
      // Of all tensors only k is read here.
      file.leave(() => true);
      const sizes = readSizes(file, ofClass.places);
      checkSizes(file, sizes, config);
      return {
        ...sizes,
        ...hooks(folder, card, config),
        convention: card.convention ?? 'raw',
        normalization: card.normalization ?? { kind: 'none' },
        activationFunction: activationFunction(folder, file, ofClass, config),
      };
    });
  },
  load(folder, card, config) {
    const { places, others, finish } = classOf(folder, readConfig(folder));
    return TensorFile.use(folder, fileOf(folder, card), (file) => {
      file.leave((name) => others.includes(name));
      const own = { ...config, activationFunction: { kind: 'relu' as const } };
      const weights = readTensors(file, places, places.threshold ? config : own);
      return finish ? finish(weights, file, config.width) : weights;
    });
  },
};

function hasClass(json: unknown): boolean {
  if (typeof json !== 'object' || json === null || !('trainer' in json)) return false;
  const { trainer } = json;
  return typeof trainer === 'object' && trainer !== null && 'dict_class' in trainer;
}

function readConfig(folder: DictionaryFolder): Config {
  const what = `${folder.path}/${CONFIG_FILE} is not valid`;
  return checked(Config, folder.readJson(CONFIG_FILE), 'LOUPE_BAD_FILE', what);
}

function fileOf(folder: DictionaryFolder, card: DictionaryCard): string {
  return (
    card.weights ?? (folder.files.includes(WEIGHTS_FILE) ? WEIGHTS_FILE : weightsFile(folder, card))
  );
}

function classOf(folder: DictionaryFolder, { trainer }: Config): DictionaryClass {
  const name = trainer.dict_class;
  const found = Object.hasOwn(DICTIONARY_CLASSES, name) ? DICTIONARY_CLASSES[name] : undefined;
  if (found) return found;
  throw unsupported(
    folder,
    `its class is "${name}". Those that can be read are ${Object.keys(DICTIONARY_CLASSES).join(', ')}`,
  );
}

function isKnown({ places, others }: DictionaryClass, name: string): boolean {
  return (
    others.includes(name) ||
    Object.values(places).some((place) =>
      typeof place === 'string' ? place === name : place?.name === name,
    )
  );
}

function checkSizes(
  file: TensorFile,
  { dIn, width }: { dIn: number; width: number },
  { trainer }: Config,
): void {
  const { activation_dim: inputs = dIn, dict_size: features = width } = trainer;
  if ((inputs ?? dIn) === dIn && (features ?? width) === width) return;
  throw new LoupeError(
    'LOUPE_SHAPE_MISMATCH',
    `${file.path} has ${width} features of ${dIn} values, where ${CONFIG_FILE} announces ${features} of ` +
      `${inputs}: they do not belong together.`,
  );
}

function activationFunction(
  folder: DictionaryFolder,
  file: TensorFile,
  { activation, others }: DictionaryClass,
  { trainer }: Config,
): ActivationFunction {
  const saved = others.includes('k') && file.has('k') ? file.read('k', [])[0] : undefined;
  const k = saved ?? trainer.k ?? undefined;
  if (others.includes('k') && (trainer.k ?? k) !== k) {
    throw unsupported(folder, `its k is ${saved} in the file and ${trainer.k} in ${CONFIG_FILE}`);
  }
  if (activation !== 'topk') return { kind: activation };
  if (k === undefined) throw unsupported(folder, 'it is a TopK dictionary without k');
  return { kind: 'topk', k };
}

function hooks(
  folder: DictionaryFolder,
  card: DictionaryCard,
  config: Config,
): { hook: string; outputHook: string } {
  const hook = cardOrStated(card.hook, statedHook(folder, config));
  if (hook !== undefined) return { hook, outputHook: card.outputHook ?? hook };
  const { layer, submodule_name: module } = config.trainer;
  throw new LoupeError(
    'LOUPE_BAD_FILE',
    `${folder.path}/${CONFIG_FILE} ${module ? `says "${module}", which names no place of GPT-2` : 'does not say what it was trained on'}: ` +
      `put a card.json beside it with "hook": "blocks.${layer ?? '<layer>'}.hook_resid_post", or whichever place it was.`,
  );
}

/** The hook that its module is for Loupe, or that the folder is named for that the trainers' lie in. */
function statedHook(folder: DictionaryFolder, { trainer, buffer }: Config): string | undefined {
  const above = folder.path.split(/[/\\]/).at(-2);
  for (const name of [trainer.submodule_name, above]) {
    const hook = name ? hookOf(name, trainer.layer ?? undefined, buffer?.io === 'in') : undefined;
    if (hook === undefined) continue;
    const layer = /^blocks\.(\d+)\./.exec(hook)?.[1];
    if (layer === undefined || (trainer.layer ?? Number(layer)) === Number(layer)) return hook;
    throw unsupported(
      folder,
      `${CONFIG_FILE} says layer ${trainer.layer}, and its module is "${name}". Put a card.json with the ` +
        'right "hook" beside it',
    );
  }
  return undefined;
}

/** Names that its examples and published dictionaries give: `resid_post_layer_3`, `attn_out_layer3`. */
const EXAMPLE_NAME =
  /^(resid(?:ual)?_(?:pre|mid|post|out)|attn_out|mlp_out)(?:[._-]?layer[._-]?(\d{1,4}))?$/;

function hookOf(name: string, layer: number | undefined, ofInput: boolean): string | undefined {
  const module = moduleHooks(name);
  if (module) return ofInput ? module.input : module.output;
  const usual = usualHook(name);
  if (/(^|\.)hook_[a-z_]+$/.test(usual)) return usual;
  const [, part, own] = EXAMPLE_NAME.exec(name) ?? [];
  const of = own ?? layer;
  if (part === undefined || of === undefined) return undefined;
  const place = part.replace('residual', 'resid').replace('resid_out', 'resid_post');
  return `blocks.${of}.hook_${place}`;
}
