import { chartFileName, csvFile } from '@loupe/shared';
import { currentLink } from '../stores/address/sync-address.ts';
import { runToCsv, runToJson } from '../stores/prompt/run-data.ts';
import { usePrompt } from '../stores/prompt/store.ts';
import { copyText, download } from '../ui/clipboard.ts';
import { Icon } from '../ui/icon.tsx';
import { Menu, MenuItem, MenuLine } from '../ui/menu.tsx';

function json(): string {
  const { run } = usePrompt.getState();
  return run ? JSON.stringify(runToJson(run)) : '';
}

function csv(): string {
  const { run } = usePrompt.getState();
  return run ? runToCsv(run) : '';
}

function fileName(ending: string): string {
  const { run } = usePrompt.getState();
  return run ? chartFileName(run, 'run', ending) : `loupe-run.${ending}`;
}

/** Copies a link that restores what is on screen. */
export function copyLink(): void {
  const { url, leftOut } = currentLink();
  const without = leftOut.length > 0 ? ` without ${leftOut.join('; ')}` : '';
  void copyText(url, `Link${without}`);
}

/** Copies every activation of the run on screen. */
export function copyRun(form: 'JSON' | 'CSV'): void {
  void copyText(form === 'JSON' ? json() : csv(), form);
}

/** Saves every activation of the run on screen in a file. */
export function saveRun(form: 'JSON' | 'CSV'): void {
  if (form === 'JSON') download(json(), fileName('json'), 'application/json');
  else download(csvFile(csv()), fileName('csv'), 'text/csv');
}

/** Copies the link; says before what it cannot hold. Made anew whenever the menu opens. */
function LinkItem() {
  const { leftOut } = currentLink();
  return (
    <MenuItem onSelect={copyLink}>
      <span>Copy link</span>
      {leftOut.map((what) => (
        <span key={what} className="share-without">
          without {what}
        </span>
      ))}
    </MenuItem>
  );
}

/** The link and the data of what is on screen. */
export function ShareMenu() {
  const none = usePrompt((state) => state.run === null);
  return (
    <Menu
      trigger={
        <button type="button" className="button" disabled={none}>
          Share
          <Icon name="down" size={12} />
        </button>
      }
    >
      <LinkItem />
      <MenuLine />
      <MenuItem onSelect={() => copyRun('JSON')}>Copy run as JSON</MenuItem>
      <MenuItem onSelect={() => copyRun('CSV')}>Copy run as CSV</MenuItem>
      <MenuItem onSelect={() => saveRun('JSON')}>Save run as JSON</MenuItem>
      <MenuItem onSelect={() => saveRun('CSV')}>Save run as CSV</MenuItem>
    </Menu>
  );
}
