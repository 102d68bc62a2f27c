import { type SubmitEvent, useState } from 'react';
import { setServerToken } from '../api/token.ts';
import { lookAtServer } from './server.ts';

/** Asks for the token of a server that listens beyond its own machine. */
export function TokenForm() {
  const [token, setToken] = useState('');
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    setServerToken(token.trim());
    lookAtServer();
  };
  return (
    <form onSubmit={onSubmit}>
      <input
        className="field"
        type="password"
        aria-label="Token"
        placeholder="Token (LOUPE_TOKEN)"
        autoComplete="off"
        value={token}
        onChange={(event) => setToken(event.target.value)}
      />
      <button type="submit" className="button" disabled={token.trim() === ''}>
        Enter
      </button>
    </form>
  );
}
