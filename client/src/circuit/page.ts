import type { Page } from '../ui/page.ts';
import { circuitActions } from './circuit-actions.ts';
import { CircuitPage } from './circuit-page.tsx';
import { CIRCUIT_KEYS, stepBackInCircuit } from './keys.ts';

export const CIRCUIT_PAGE: Page = {
  id: 'circuit',
  title: 'Circuit',
  component: CircuitPage,
  keys: CIRCUIT_KEYS,
  stepBack: stepBackInCircuit,
  actions: circuitActions,
};
