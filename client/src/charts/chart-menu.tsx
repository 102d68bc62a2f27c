import { csvFile, type Picture, pictureToSvg } from '@loupe/shared';
import { say } from '../stores/announcer.ts';
import { toggleMaximised, usePanels } from '../stores/panels.ts';
import { copyText, download } from '../ui/clipboard.ts';
import { Icon } from '../ui/icon.tsx';
import { Menu, MenuItem, MenuLine } from '../ui/menu.tsx';
import { svgToPng } from '../ui/save-image.ts';
import { pictureToPng } from './picture-to-png.ts';

export interface ChartMenuProps {
  /** What the chart shows, for the button's name: `Map of sources`. */
  label: string;
  /** Name of a saved file with this ending. */
  nameFile: (ending: string) => string;
  /** The chart's data; what is left out has no entry in the menu. Called when chosen. */
  json?: () => unknown;
  /** The chart's data as text with a header line. */
  csv?: () => string;
  /** The chart as a whole SVG document with a width and a height; PNG is drawn from it. */
  svg?: () => string;
  /** The chart as a scene, from which both are painted. */
  picture?: () => Picture;
  /** Id of the panel that opens alone: `tracks` or `selection`. */
  panel?: string;
}

async function savePng(png: Promise<Blob>, name: string): Promise<void> {
  try {
    download(await png, name);
  } catch {
    say('The browser could not draw the picture. Save it as SVG instead.');
  }
}

/** The corner menu of a chart: its data, its picture, and the chart alone. */
export function ChartMenu(props: ChartMenuProps) {
  const { label, nameFile, json, csv, picture, panel } = props;
  const svg = props.svg ?? (picture && (() => pictureToSvg(picture())));
  const png = picture ? () => pictureToPng(picture()) : svg && (() => svgToPng(svg()));
  const alone = usePanels((state) => panel !== undefined && state.maximised === panel);
  return (
    <Menu
      trigger={
        <button type="button" className="icon-button chart-menu" aria-label={`${label}: menu`}>
          <Icon name="more" />
        </button>
      }
    >
      {csv && <MenuItem onSelect={() => void copyText(csv(), 'CSV')}>Copy CSV</MenuItem>}
      {json && (
        <MenuItem onSelect={() => void copyText(JSON.stringify(json(), null, 1), 'JSON')}>
          Copy JSON
        </MenuItem>
      )}
      {csv && (
        <MenuItem onSelect={() => download(csvFile(csv()), nameFile('csv'), 'text/csv')}>
          Save CSV
        </MenuItem>
      )}
      {svg && png && (
        <>
          <MenuLine />
          <MenuItem onSelect={() => download(svg(), nameFile('svg'), 'image/svg+xml')}>
            Save SVG
          </MenuItem>
          <MenuItem onSelect={() => void savePng(png(), nameFile('png'))}>Save PNG</MenuItem>
        </>
      )}
      {panel !== undefined && (
        <>
          <MenuLine />
          <MenuItem onSelect={() => toggleMaximised(panel)} note={alone ? 'Esc' : undefined}>
            {alone ? 'Show all panels' : 'Open alone'}
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
