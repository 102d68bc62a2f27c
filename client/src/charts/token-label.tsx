import { specialLabel, type Token, tokenParts } from '@loupe/shared';
import './token-label.css';

/** The text of a token as it is shown: thin marks for whitespace, small chips for raw bytes. */
export function TokenText({ text }: { text: string }) {
  return tokenParts(text).map((part, index) =>
    part.kind === 'text' ? (
      part.text
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text have no other name
      <span key={index} className={`token-${part.kind}`}>
        {part.text}
      </span>
    ),
  );
}

/** A token of a prompt; special ones are named by their part in it. */
export function TokenLabel({ token }: { token: Token }) {
  if (!token.special) return <TokenText text={token.text} />;
  return <span className="token-special">{specialLabel(token)}</span>;
}
