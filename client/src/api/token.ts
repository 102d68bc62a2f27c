const KEY = 'loupe.token';

/** The token of a server that listens beyond this machine, kept for as long as the tab is open. */
export function serverToken(): string | null {
  return sessionStorage.getItem(KEY);
}

export function setServerToken(token: string): void {
  sessionStorage.setItem(KEY, token);
}
