import type { Example } from '@loupe/shared';
import { useServer } from '../server.ts';
import { usePrompt } from './store.ts';

const NONE: Example[] = [];

/** The examples of the chosen model. */
export function useExamples(): Example[] {
  const model = usePrompt((state) => state.model);
  return useServer((state) => state.models?.find(({ id }) => id === model)?.examples ?? NONE);
}
