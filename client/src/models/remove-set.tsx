import { type ErrorBody, formatBytes, layerRanges, toLoupeError } from '@loupe/shared';
import { useState } from 'react';
import { installedBytes, type ModelEntry, type SetEntry } from '../stores/models/entries.ts';
import { useModels } from '../stores/models/store.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Failure } from '../ui/failure.tsx';

interface RemoveSetProps {
  model: ModelEntry;
  set: SetEntry;
  onClose: () => void;
}

/** Asks before what is installed of a set is removed. */
export function RemoveSet({ model, set, onClose }: RemoveSetProps) {
  const remove = useModels((state) => state.remove);
  const [removing, setRemoving] = useState(false);
  const [error, setError] = useState<ErrorBody>();
  const layers = set.layers.filter(({ source }) => source).map(({ layer }) => layer);
  const bytes = installedBytes(set);

  async function confirm(): Promise<void> {
    setRemoving(true);
    try {
      await remove(model.id, set.id);
      onClose();
    } catch (thrown) {
      setError(toLoupeError(thrown).toBody());
      setRemoving(false);
    }
  }

  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={`Remove ${set.id}?`}>
      <p>
        {layers.length === 1 ? 'Layer' : 'Layers'} {layerRanges(layers)} of {set.name} for{' '}
        {model.name}
        {bytes !== undefined && `, ${formatBytes(bytes)},`} will be deleted from Loupe’s store.{' '}
        {set.offered
          ? 'They can be downloaded again.'
          : 'The files that they were imported from stay where they are.'}
      </p>
      {error && (
        <div role="alert" className="dialog-failure">
          <Failure error={error} />
        </div>
      )}
      <div className="dialog-buttons">
        <button type="button" className="button" onClick={onClose}>
          Keep it
        </button>
        <button
          type="button"
          className="button grave"
          disabled={removing}
          onClick={() => void confirm()}
        >
          {removing ? 'Removing' : 'Remove'}
        </button>
      </div>
    </Dialog>
  );
}
