import { Term } from '../../ui/term.tsx';

/** Heads of the three columns in which an effect stands: as the graph predicts it, and measured in two ways. */
export function EffectHeads() {
  return (
    <>
      <th scope="col">
        <Term of="predicted">graph</Term>
      </th>
      <th scope="col">
        <Term of="frozenRun">frozen</Term>
      </th>
      <th scope="col">
        <Term of="freeRun">free</Term>
      </th>
    </>
  );
}
