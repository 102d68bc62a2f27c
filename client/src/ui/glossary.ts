/** A word of the trade, and what it means in one plain sentence. */
export interface Entry {
  word: string;
  meaning: string;
}

const THE_MODEL = {
  token: {
    word: 'token',
    meaning:
      'A piece of text that the model reads and writes as one: often a word with the space before it, sometimes a part of a word.',
  },
  position: {
    word: 'position',
    meaning: 'The place of a token in the prompt, counted from 0.',
  },
  bos: {
    word: 'BOS',
    meaning:
      'Beginning of sequence: the special token that is put before every prompt. GPT-2 uses <|endoftext|> for it, and acts on it quite unlike on words.',
  },
  hook: {
    word: 'hook',
    meaning:
      'A named place in the model where a vector can be read or replaced, such as blocks.5.attn.hook_z, spelled as TransformerLens spells it.',
  },
  residualStream: {
    word: 'residual stream',
    meaning:
      'The vector at each position that every layer reads and adds to; after the last layer it becomes the logits.',
  },
  attention: {
    word: 'attention',
    meaning: 'The part of a layer that brings information from earlier positions to later ones.',
  },
  head: {
    word: 'head',
    meaning:
      'One of the parallel parts of a layer’s attention, with its own pattern of where it looks; 3.2 is head 2 of layer 3.',
  },
  attentionPattern: {
    word: 'attention pattern',
    meaning:
      'How a head spreads its attention: for each position, a share for itself and each earlier one, which add up to 1.',
  },
  mlp: {
    word: 'MLP',
    meaning:
      'Multilayer perceptron: the part of a layer that works on each position by itself, after attention.',
  },
  layerNorm: {
    word: 'LayerNorm',
    meaning:
      'The step before each part of a layer that centres the residual stream and divides it by its standard deviation σ.',
  },
  embedding: {
    word: 'embedding',
    meaning: 'The vector with which a token, or a position, enters the residual stream.',
  },
  bias: {
    word: 'bias',
    meaning: 'What a part of the model adds whatever the prompt is.',
  },
  logit: {
    word: 'logit',
    meaning:
      'The model’s score for a token to come next; the softmax of all of them gives the probabilities.',
  },
  logitDifference: {
    word: 'logit difference',
    meaning:
      'The logit of one token, or the mean of several, less that of another: how strongly the model prefers the first.',
  },
  surprisal: {
    word: 'surprisal',
    meaning:
      'How unexpected a token was to the model: the negative logarithm of the probability that it had given to it, in nats.',
  },
  nats: {
    word: 'nats',
    meaning: 'The unit of information with natural logarithms; 1 nat is 1.44 bits.',
  },
  logitLens: {
    word: 'logit lens',
    meaning:
      'The next token that the model would predict if it stopped after a layer: the residual stream there, read as if it were the last.',
  },
} as const;

const DICTIONARIES = {
  feature: {
    word: 'feature',
    meaning:
      'A direction that a dictionary has learned; it is active on few tokens, which often have a meaning in common. 3/213 is feature 213 of layer 3.',
  },
  activation: {
    word: 'activation',
    meaning: 'How strongly a feature fires at a position; 0 where it does not.',
  },
  dictionary: {
    word: 'dictionary',
    meaning:
      'A sparse autoencoder or a transcoder: it writes the vectors at a hook as sums of a few features.',
  },
  sae: {
    word: 'SAE',
    meaning:
      'Sparse autoencoder: a dictionary that reads a hook and reconstructs the same vector from a few active features.',
  },
  transcoder: {
    word: 'transcoder',
    meaning:
      'A dictionary that reads what goes into an MLP and gives what comes out, so that its features can stand in for it.',
  },
  set: {
    word: 'set',
    meaning: 'Dictionaries of one kind, trained alike, for several layers of a model.',
  },
  source: {
    word: 'source',
    meaning: 'One dictionary at one layer, such as 5-att-kk.',
  },
  reconstructionError: {
    word: 'reconstruction error',
    meaning: 'What a dictionary misses: the true vector minus the sum of its active features.',
  },
  explainedVariance: {
    word: 'explained variance',
    meaning:
      'How much of the variation of a vector over positions its dictionary gives back; 100 % would be all of it.',
  },
  promotes: {
    word: 'promotes',
    meaning:
      'The tokens whose logits a feature raises most when it is active, by its own direct path to the logits.',
  },
  dfa: {
    word: 'DFA',
    meaning:
      'Direct feature attribution: what an attention feature reads, split over the positions and heads that it comes from.',
  },
} as const;

const CIRCUITS = {
  attributionGraph: {
    word: 'attribution graph',
    meaning:
      'What acts on what in the model on this prompt: features, errors and tokens as nodes, with their signed direct effects as edges.',
  },
  attribution: {
    word: 'attribution',
    meaning: 'Dividing a value of the model among the things that bring it about.',
  },
  directEffect: {
    word: 'direct effect',
    meaning:
      'What a node adds to another without any third node between; all those into a node, biases included, add up to its value.',
  },
  share: {
    word: 'share',
    meaning:
      'Of all that acts on a node, positive and negative alike by its size, the part that one effect is.',
  },
  weight: {
    word: 'weight',
    meaning:
      'How much of one feature another reads, by their vectors and the model’s matrices alone: it is the same for every prompt.',
  },
  promptFactor: {
    word: 'factor of the prompt',
    meaning:
      'What this prompt adds to a weight: 1 / σ of the LayerNorm before the reader, times the attention paid where a head lies between.',
  },
  errorNode: {
    word: 'error node',
    meaning:
      'A node for what a dictionary missed at one layer and position, so that nothing goes unaccounted for.',
  },
  influence: {
    word: 'influence',
    meaning:
      'How much of the explained logits comes through a node, along all paths, by the size of each effect.',
  },
  replacementModel: {
    word: 'replacement model',
    meaning:
      'The model with its layers replaced by dictionaries, errors added back: it computes the same on this prompt, in terms of features.',
  },
  replacement: {
    word: 'replacement score',
    meaning: 'The share of the influence that begins at tokens rather than at errors.',
  },
  completeness: {
    word: 'completeness score',
    meaning:
      'The share of what nodes read that comes from features and tokens rather than from errors, weighted by their influence.',
  },
  exactness: {
    word: 'sums to within',
    meaning:
      'The largest difference between all that goes into a node and its true value, relative to that value, before anything is left out.',
  },
  leftOut: {
    word: 'left out',
    meaning:
      'The share of the influence of features that the bound on their number keeps out of this graph.',
  },
  pruningThreshold: {
    word: 'pruning threshold',
    meaning:
      'The share of the influence that is kept on screen: the strongest nodes and edges that together have it.',
  },
  pinnedCircuit: {
    word: 'pinned circuit',
    meaning: 'The nodes that you have pinned, with the direct effects among them, as a diagram.',
  },
} as const;

const INTERVENTIONS = {
  intervention: {
    word: 'intervention',
    meaning:
      'Running the model with a feature, head or error set to another value, to see what it really does.',
  },
  ablation: {
    word: 'ablation',
    meaning: 'Setting a feature, a head or an error to zero, to see what changes without it.',
  },
  predicted: {
    word: 'predicted by the graph',
    meaning:
      'What the edges of the graph add up to, along all the paths that it has, when a node changes.',
  },
  frozenRun: {
    word: 'frozen run',
    meaning:
      'An intervention with attention patterns, LayerNorm scales and errors held as they were, as the graph assumes.',
  },
  freeRun: {
    word: 'free run',
    meaning: 'An intervention in the model itself, in which everything after it may change.',
  },
  validity: {
    word: 'validity',
    meaning: 'How well what a graph predicts of ablations agrees with what they do when measured.',
  },
  pearson: {
    word: 'r, Pearson correlation',
    meaning: 'How nearly two series of numbers lie on one straight line: 1 exactly, 0 not at all.',
  },
  spearman: {
    word: 'ρ, Spearman correlation',
    meaning: 'How nearly two series put things in the same order: 1 exactly, 0 not at all.',
  },
  deviation: {
    word: 'mean deviation',
    meaning:
      'The mean distance between the predicted and the measured effect, relative to the mean size of the measured ones.',
  },
  kl: {
    word: 'KL divergence',
    meaning:
      'How far one distribution of next tokens is from another, in nats; 0 where they are the same.',
  },
} as const;

const ENTRIES = { ...THE_MODEL, ...DICTIONARIES, ...CIRCUITS, ...INTERVENTIONS };

/** The name by which a word is looked up. */
export type Word = keyof typeof ENTRIES;

/** Every word of the trade that is on screen somewhere. */
export const GLOSSARY: Readonly<Record<Word, Entry>> = ENTRIES;

/** The words as the help window lists them. */
export const GLOSSARY_GROUPS: readonly { title: string; entries: readonly Entry[] }[] = [
  { title: 'The model', entries: Object.values(THE_MODEL) },
  { title: 'Dictionaries', entries: Object.values(DICTIONARIES) },
  { title: 'Circuits', entries: Object.values(CIRCUITS) },
  { title: 'Interventions', entries: Object.values(INTERVENTIONS) },
];
