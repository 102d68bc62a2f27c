import { debug, timed } from '../debug-log.ts';
import type { Dictionary } from '../dictionaries/dictionary.ts';

/** A dictionary that can be put into memory, and taken out again. */
export interface Pageable {
  /** Names it among all that the cache may hold. */
  readonly key: string;
  /** Memory that it takes once it is loaded. */
  readonly bytes: number;
  load(): Dictionary;
}

interface Held {
  dictionary: Dictionary;
  bytes: number;
  /** When it was last asked for, counted in turns. */
  turn: number;
}

/**
 * The dictionaries in memory, bounded in bytes. One alone is always held, however large.
 *
 * Runs ask for the same dictionaries in the same order again and again. Of such a circle, least recently
 * used out would always drop the one that is needed next, and nothing would ever be found. So what has
 * not been used for as long as a circle may take goes first, and otherwise the one used last, which is
 * needed again after all others.
 */
export class DictionaryCache {
  readonly #held = new Map<string, Held>();
  readonly #room: number;
  #withheld = 0;
  #bytes = 0;
  #turn = 0;
  #current = '';

  /** @param room bytes for dictionaries, and for what is withheld of it */
  constructor(room = Number.POSITIVE_INFINITY) {
    this.#room = room;
  }

  /** Bytes of the dictionaries held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes that dictionaries may take at present. */
  get room(): number {
    return Math.max(0, this.#room - this.#withheld);
  }

  /** Takes some of the room for weights that always stay; gives what gives it back. */
  withhold(bytes: number): () => void {
    this.#withheld += bytes;
    let given = false;
    return () => {
      if (!given) this.#withheld -= bytes;
      given = true;
    };
  }

  has(key: string): boolean {
    return this.#held.has(key);
  }

  /**
   * A dictionary, loaded if it is not held, for which others may be disposed of: what was got before is
   * to be used no more.
   *
   * @param circle how many dictionaries a run may ask for before it asks for this one again
   */
  get({ key, bytes, load }: Pageable, circle: number): Dictionary {
    if (key !== this.#current) this.#turn++;
    const before = this.#current;
    this.#current = key;
    const held = this.#held.get(key);
    if (held) {
      held.turn = this.#turn;
      return held.dictionary;
    }
    while (this.#held.size > 0 && this.#bytes + bytes > this.room) {
      this.drop(this.#leastNeeded(before, circle));
    }
    const dictionary = timed(
      'dictionary loaded',
      () => ({ dictionary: key, bytes, held: this.#held.size + 1, heldBytes: this.#bytes + bytes }),
      load,
    );
    this.#held.set(key, { dictionary, bytes, turn: this.#turn });
    this.#bytes += bytes;
    return dictionary;
  }

  /** Disposes of one that is held. */
  drop(key: string): void {
    const held = this.#held.get(key);
    if (!held) return;
    this.#held.delete(key);
    this.#bytes -= held.bytes;
    debug('dictionary let go', () => ({ dictionary: key, bytes: held.bytes }));
    held.dictionary.dispose();
  }

  #leastNeeded(last: string, circle: number): string {
    const byAge = [...this.#held].sort(([, a], [, b]) => a.turn - b.turn);
    const [oldest] = byAge as [[string, Held]];
    if (this.#turn - oldest[1].turn > circle || !this.#held.has(last)) return oldest[0];
    return last;
  }
}
