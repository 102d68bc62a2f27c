export * from './errors.ts';
export * from './ids.ts';
export * from './wire/activations.ts';
export * from './wire/example-run.ts';
export * from './wire/features.ts';
export * from './wire/health.ts';
export * from './wire/lens.ts';
export * from './wire/model.ts';
