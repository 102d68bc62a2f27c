import { DownloadBadge } from '../models/download-badge.tsx';
import { EngineBadge } from './engine-badge.tsx';
import { Icon } from './icon.tsx';
import { COMMAND_KEY } from './keys.ts';
import { ModelPicker } from './model-picker.tsx';
import { openOverlay } from './overlays.ts';
import { PageLink } from './page-link.tsx';
import { PAGES } from './pages.tsx';
import { useRoute } from './router.ts';
import { ThemeSwitch } from './theme-switch.tsx';
import { Tooltip } from './tooltip.tsx';
import './top-bar.css';

/** The slim bar on top of every page. */
export function TopBar() {
  const page = useRoute((route) => route.page);
  return (
    <header className="top-bar">
      <div className="brand">
        <Icon name="loupe" />
        <h1>Loupe</h1>
      </div>
      <nav aria-label="Pages">
        {PAGES.map(({ id, title }) => (
          <PageLink key={id} page={id} aria-current={id === page ? 'page' : undefined}>
            {title}
          </PageLink>
        ))}
      </nav>
      <div className="top-bar-end">
        <DownloadBadge />
        <EngineBadge />
        <ModelPicker />
        <Tooltip content="Find any feature, token, source or action">
          <button
            type="button"
            className="button command"
            aria-label={`Command palette, ${COMMAND_KEY} K`}
            onClick={() => openOverlay('palette')}
          >
            {COMMAND_KEY} K
          </button>
        </Tooltip>
        <Tooltip content="Keys">
          <button
            type="button"
            className="icon-button"
            aria-label="Keyboard help"
            onClick={() => openOverlay('keys')}
          >
            <Icon name="keys" />
          </button>
        </Tooltip>
        <ThemeSwitch />
      </div>
    </header>
  );
}
