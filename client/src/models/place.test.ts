import { expect, test } from 'vitest';
import { mergeModels } from '../stores/models/entries.ts';
import { installed, offered, source } from '../stores/models/models.fixture.ts';
import { IMPORT, type Place, PROBLEMS, placeOf } from './place.ts';

const demo = { ...installed([source('own', 0)]), id: 'demo' };
const fresh = mergeModels([demo], [offered]);

function named(place: Place | undefined): string {
  return place?.what === 'model'
    ? `${place.model.id}/${place.set?.id}`
    : (place?.what ?? 'nothing');
}

test('an address names a model and a set of it', () => {
  expect(named(placeOf(['small', 'mlp'], fresh, 'demo'))).toBe('small/mlp');
  expect(named(placeOf(['small'], fresh, 'demo'))).toBe('small/att');
  expect(named(placeOf(['small', 'gone'], fresh, 'demo'))).toBe('small/att');
  expect(placeOf(['gone'], fresh, 'demo')).toEqual({ what: 'missing', id: 'gone' });
});

test('an address can name what is no model', () => {
  expect(named(placeOf([IMPORT], fresh, 'demo'))).toBe('import');
  expect(named(placeOf([PROBLEMS], [], ''))).toBe('problems');
});

test('without a name it is the model in use, or while nothing was fetched what can be', () => {
  expect(named(placeOf([], fresh, 'demo'))).toBe('small/att');
  const fetched = mergeModels([demo, installed()], [offered]);
  expect(named(placeOf([], fetched, 'demo'))).toBe('demo/own');
  expect(named(placeOf([], mergeModels([demo], []), 'elsewhere'))).toBe('demo/own');
  expect(named(placeOf([], [], ''))).toBe('nothing');
});
