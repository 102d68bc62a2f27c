import { Tabs } from 'radix-ui';
import { Fragment, type ReactNode } from 'react';
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels';
import { restorePanels, usePanels } from '../stores/panels.ts';
import { Boundary } from './boundary.tsx';
import { Icon } from './icon.tsx';
import { Tooltip } from './tooltip.tsx';
import { NARROW, useMedia } from './use-media.ts';
import './split.css';

export interface SplitPanel {
  /** By which it is remembered and maximised. */
  id: string;
  /** Of its tab; side by side, a panel's own headings say what it is. */
  title: string;
  /** Share of the whole to begin with, in percent. */
  size: number;
  /** Least width in pixels. */
  least: number;
  content: ReactNode;
}

interface SplitProps {
  /** By which the sizes are remembered. */
  id: string;
  panels: readonly SplitPanel[];
}

/** Panels side by side, divided where the reader last put the lines. */
function SideBySide({ id, panels }: SplitProps) {
  const { defaultLayout, onLayoutChanged } = useDefaultLayout({
    id: `loupe.${id}`,
    storage: localStorage,
    onlySaveAfterUserInteractions: true,
  });
  return (
    <Group
      id={id}
      className="split"
      orientation="horizontal"
      defaultLayout={defaultLayout}
      onLayoutChanged={onLayoutChanged}
    >
      {panels.map(({ id: panel, title, size, least, content }, index) => (
        <Fragment key={panel}>
          {index > 0 && <Separator className="split-line" aria-label="Divide the panels" />}
          <Panel id={panel} defaultSize={`${size}%`} minSize={least}>
            <div className="split-panel">
              <Boundary what={title}>{content}</Boundary>
            </div>
          </Panel>
        </Fragment>
      ))}
    </Group>
  );
}

/** One panel at a time, chosen by a tab. */
function Tabbed({ panels, shown, onShow }: SplitProps & TabbedProps) {
  const maximised = usePanels((state) => state.maximised !== null);
  return (
    <Tabs.Root className="tabbed" value={shown} onValueChange={onShow}>
      <div className="tabbed-bar">
        <Tabs.List className="tabbed-list" aria-label="Panels">
          {panels.map(({ id, title }) => (
            <Tabs.Trigger key={id} value={id} className="tab">
              {title}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        {maximised && (
          <Tooltip content="Show all panels (Esc)">
            <button
              type="button"
              className="icon-button"
              aria-label="Show all panels"
              onClick={restorePanels}
            >
              <Icon name="restore" />
            </button>
          </Tooltip>
        )}
      </div>
      {panels.map(({ id, title, content }) => (
        <Tabs.Content key={id} value={id} className="split-panel" tabIndex={-1}>
          <Boundary what={title}>{content}</Boundary>
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}

interface TabbedProps {
  shown: string;
  onShow: (panel: string) => void;
}

/**
 * The panels of a page: side by side where there is room, behind tabs at 900 px and below, and one
 * alone when it is maximised.
 */
export function Split({ id, panels }: SplitProps) {
  const narrow = useMedia(NARROW);
  const { maximised, tab } = usePanels();
  const known = (panel: string | null) => panels.some((one) => one.id === panel);
  if (!narrow && !known(maximised)) return <SideBySide id={id} panels={panels} />;
  const shown = known(maximised) ? maximised : tab;
  return (
    <Tabbed
      id={id}
      panels={panels}
      shown={(known(shown) ? shown : panels[0]?.id) ?? ''}
      onShow={(panel) =>
        usePanels.setState(maximised === null ? { tab: panel } : { maximised: panel })
      }
    />
  );
}
