import { LoupeError } from '@loupe/shared';

/** The refusal of a file that is damaged, or of a form that is not read. */
export function badTorchFile(file: string, what: string): LoupeError {
  return new LoupeError('LOUPE_BAD_FILE', `${file} cannot be read as a PyTorch file: ${what}.`);
}

/** The refusal of a file that wants more than to be read. */
export function unsafeTorchFile(file: string, what: string): LoupeError {
  return new LoupeError(
    'LOUPE_UNSAFE_FILE',
    `${file} was not loaded: ${what}. If you trust where it came from, load it in Python and save only its state_dict.`,
  );
}
