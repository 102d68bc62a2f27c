export { MONO, SANS } from '@loupe/shared';

/** A CSS `font` value. */
export function face(size: number, family: string, weight = 400): string {
  return `${weight} ${size}px ${family}`;
}
