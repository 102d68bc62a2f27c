/** What stands beside the graph: the chosen node, and the pinned circuit. */
export function CircuitSide() {
  return (
    <section className="circuit-side" aria-label="Chosen node">
      <p>Choose a node of the graph to see what it reads from and writes to.</p>
    </section>
  );
}
