const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'];
/** 999.5 kB are written as 1.00 MB. */
const ROUNDS_UP = 1000 / 999.5;

/** A number of bytes for people, in powers of 1000 as disks are sold: `4.45 GB`. */
export function sizeText(bytes: number): string {
  const power = Math.min(
    UNITS.length - 1,
    Math.floor(Math.log10(Math.max(1, bytes * ROUNDS_UP)) / 3),
  );
  const value = bytes / 1000 ** power;
  if (power === 0) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
  return `${value >= 99.95 ? value.toFixed(0) : value.toPrecision(3)} ${UNITS[power]}`;
}
