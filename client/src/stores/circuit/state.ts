import type {
  AttributionGraph,
  CircuitProgress,
  ErrorBody,
  GraphMode,
  GraphView,
} from '@loupe/shared';

/** What a circuit explains: why this token, and not that one? */
export interface Question {
  /** A token's whole text, ` Mary`; null: the likeliest ones that together reach 95 %. */
  target: string | null;
  /** The token that it is told from; null: none. Without a target it has no meaning. */
  minus: string | null;
  /** Whose next token is explained; null: the last of the prompt. */
  position: number | null;
  mode: GraphMode;
  /** Most feature nodes; 0: no bound. */
  maxNodes: number;
  /** The set that explains attention, where it is not the one of most layers. */
  attention?: string | undefined;
  /** The same of MLPs. */
  mlp?: string | undefined;
  /** False: features and errors at position 0 are left out. */
  firstPosition: boolean;
}

/** By which two questions are told apart. */
export const QUESTION_KEYS = [
  'target',
  'minus',
  'position',
  'mode',
  'maxNodes',
  'attention',
  'mlp',
  'firstPosition',
] as const satisfies readonly (keyof Question)[];

export const DEFAULT_QUESTION: Question = {
  target: null,
  minus: null,
  position: null,
  mode: 'features',
  maxNodes: 500,
  firstPosition: true,
};

/** Choices of `maxNodes` on the page. */
export const NODE_BOUNDS: readonly number[] = [100, 200, 500, 1000, 2000, 0];

/** A question about a prompt. */
export interface Asked extends Question {
  model: string;
  prompt: string;
  /** False where no BOS is put before the prompt. */
  prependBos?: boolean;
  /** Which dictionaries explain; the server chooses where none are named. */
  sources?: string[];
}

/** The circuit that is being computed, or how it ended where it did not end in a graph. */
export type Job =
  | {
      status: 'running';
      asked: Asked;
      /** Null until the engine has begun. */
      progress: CircuitProgress | null;
      /** `performance.now()` when it was asked for. */
      since: number;
    }
  | { status: 'failed'; asked: Asked; error: ErrorBody }
  | { status: 'cancelled'; asked: Asked };

/** Where the graph on screen comes from. */
export type Origin = { from: 'server'; asked: Asked } | { from: 'file'; name: string };

/** The question, the work on it, and the graph that answered the last one. */
export interface RunSlice {
  question: Question;
  job: Job | null;
  graph: AttributionGraph | null;
  origin: Origin | null;
  /** The prompt that the page was of when the graph came; a file's graph may be of another. */
  shownUnder: Pick<Asked, 'model' | 'prompt'> | null;
  /** Set while a link is being restored: what to make of the graph once it is there. */
  restoring: Partial<GraphView> | null;
  /** Changes what is asked, without asking it. */
  ask(change: Partial<Question>): void;
  /** Computes the circuit of what stands in the prompt box; the graph on screen stays meanwhile. */
  explain(change?: Partial<Question>): void;
  cancel(): void;
  /** Forgets how the last job ended. */
  dismiss(): void;
  /** Lets go of the question, the work on it and its answer; a file's graph stays. */
  forget(): void;
  /** Asks a link's question in place of what is under way; the page computes it once it is in sight. */
  restore(link: { question: Question; view: Partial<GraphView> }): void;
  /** Shows a graph with the view that it brings; history begins anew. */
  show(graph: AttributionGraph, origin: Origin): void;
}

/**
 * What the reader has made of the graph. `graph.view` is what came with the graph; this is the truth.
 */
export interface ViewSlice {
  view: GraphView;
  /** Id of the node under the pointer or with keyboard focus, anywhere on the page. */
  hovered: string | null;
  /** Ids marked for a group, in the order of marking. */
  marked: readonly string[];
  /** Views to go back to, oldest first. */
  past: readonly GraphView[];
  /** Views that were undone, the next to redo last. */
  future: readonly GraphView[];
  /**
   * Changes the view as one step of history. Changes in a row with the same `gesture`, as while a
   * slider moves, are one step until `settle` is called.
   */
  change(change: Partial<GraphView>, gesture?: string): void;
  /** Ends a gesture: the next change is a step of its own. */
  settle(): void;
  undo(): void;
  redo(): void;
  /** Chooses a node, or none; no step of history. */
  choose(id: string | undefined): void;
  hover(id: string | null): void;
  togglePin(id: string): void;
  /** Marks or unmarks a node for a group. */
  toggleMark(id: string): void;
  clearMarks(): void;
}

/** Steps that can be undone. */
export const MAX_HISTORY = 200;

export type CircuitState = RunSlice & ViewSlice;
