// Status 0 if the server of this container answers and its engine takes requests, else 1 with the reason.
const { LOUPE_PORT, LOUPE_TOKEN } = process.env;

try {
  const answer = await fetch(`http://127.0.0.1:${LOUPE_PORT || 4173}/api/v1/health`, {
    headers: LOUPE_TOKEN ? { authorization: `Bearer ${LOUPE_TOKEN}` } : {},
  });
  const { status, message } = /** @type {{ status?: string, message?: string }} */ (
    await answer.json()
  );
  if (!answer.ok || status !== 'ok') throw new Error(message ?? `The engine is ${status}.`);
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : thrown);
  process.exitCode = 1;
}
