import type { CheckpointForm } from './form.ts';
import { huggingFace } from './hugging-face.ts';
import { loraAdapter } from './lora.ts';
import { nanoGpt } from './nanogpt.ts';
import { transformerLens } from './transformer-lens.ts';

const FORMS: readonly CheckpointForm[] = [huggingFace, loraAdapter, nanoGpt, transformerLens];

/** The form of the GPT-2 at a path; undefined if there is none that is known. */
export function findCheckpoint(path: string): CheckpointForm | undefined {
  return FORMS.find((form) => form.recognizes(path));
}
