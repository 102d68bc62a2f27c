import { type Command, InvalidArgumentError, Option } from 'commander';

/** What a command runs on: a text, or token ids. */
export type GivenPrompt = { prompt: string } | { tokens: number[] };

/** `--tokens <ids>`: token ids in place of the prompt's text. */
export function tokensOption(): Option {
  return new Option('--tokens <ids>', 'token ids in place of the text, such as "5 17 3"').argParser(
    tokenIds,
  );
}

/**
 * The text, or the ids that stand in its place; one of the two has to be given, and not both. Ends the
 * command with what is wrong otherwise.
 */
export function givenPrompt(
  prompt: string | undefined,
  tokens: number[] | undefined,
  command: Command,
): GivenPrompt {
  if (prompt !== undefined && tokens === undefined) return { prompt };
  if (tokens !== undefined && prompt === undefined) return { tokens };
  return command.error('error: give either a prompt or --tokens');
}

function tokenIds(text: string): number[] {
  const ids = text
    .replace(/^\s*\[|\]\s*$/g, '')
    .split(/[\s,]+/)
    .filter((part) => part !== '');
  if (ids.length > 0 && ids.every((id) => /^\d{1,9}$/.test(id))) return ids.map(Number);
  throw new InvalidArgumentError('It must be whole numbers with spaces or commas between.');
}
