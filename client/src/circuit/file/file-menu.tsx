import { useCircuit } from '../../stores/circuit/store.ts';
import { Icon } from '../../ui/icon.tsx';
import { Menu, MenuItem, MenuLine } from '../../ui/menu.tsx';
import { ExportDialog } from '../export/export-dialog.tsx';
import { openExport } from '../export/export-state.ts';
import { copyAs, copySummary } from './copy-as.ts';
import { chooseGraphFile, saveGraphFile } from './files.ts';

/** Saves, opens and exports graphs. */
export function FileMenu() {
  const none = useCircuit((state) => state.graph === null);
  return (
    <>
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
        <MenuLine />
        <MenuItem onSelect={() => openExport(true)} note="SVG, PNG, PDF, …" disabled={none}>
          Export…
        </MenuItem>
        <MenuItem onSelect={() => copyAs('mmd', 'Mermaid')} disabled={none}>
          Copy as Mermaid
        </MenuItem>
        <MenuItem onSelect={() => copyAs('dot', 'DOT')} disabled={none}>
          Copy as DOT
        </MenuItem>
        <MenuItem onSelect={copySummary} disabled={none}>
          Copy summary
        </MenuItem>
      </Menu>
      <ExportDialog />
    </>
  );
}
