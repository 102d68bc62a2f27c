import type { Command } from 'commander';

/**
 * Ends the command if an option was given that a saved graph answers itself, rather than passing over it.
 *
 * @param names of options, as commander has them in its values
 */
export function refuseUnused(command: Command, names: readonly string[]): void {
  for (const option of command.options) {
    const name = option.attributeName();
    if (names.includes(name) && command.getOptionValueSource(name) === 'cli') {
      command.error(`error: ${option.long} does not go with --graph, which says what is asked`);
    }
  }
}
