/** Something beside the prompt and its view that the address keeps. */
export interface AddressPart {
  /**
   * Adds what there is to keep.
   *
   * @returns what had to be left out because it is too long for an address, in words
   */
  write(params: URLSearchParams): string | undefined;
  /** Shows what an address says, as when it is opened or gone back to. */
  read(params: URLSearchParams): void;
  /** Calls `changed` whenever the address may have to follow. */
  subscribe(changed: () => void): void;
}

const parts: AddressPart[] = [];

/** Adds a part, once, when the page is loaded. */
export function addAddressPart(part: AddressPart): void {
  parts.push(part);
}

/** Every part, in the order of adding. */
export function addressParts(): readonly AddressPart[] {
  return parts;
}
