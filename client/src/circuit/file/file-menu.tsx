import { Icon } from '../../app/icon.tsx';
import { Menu, MenuItem } from '../../app/menu.tsx';
import { useCircuit } from '../store.ts';
import { chooseGraphFile, saveGraphFile } from './files.ts';

/** Saves and opens graphs. */
export function FileMenu() {
  const none = useCircuit((state) => state.graph === null);
  return (
    <Menu
      trigger={
        <button type="button" className="button">
          File
          <Icon name="down" size={12} />
        </button>
      }
    >
      <MenuItem onSelect={saveGraphFile} note="with pins, groups and labels" disabled={none}>
        Save graph
      </MenuItem>
      <MenuItem onSelect={chooseGraphFile} note="or drop it here">
        Open graph…
      </MenuItem>
    </Menu>
  );
}
