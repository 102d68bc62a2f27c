import { useRoute } from '../stores/address/route.ts';
import { openOverlay } from '../stores/overlays.ts';
import { Icon } from '../ui/icon.tsx';
import { COMMAND_KEY } from '../ui/keys.ts';
import { PageLink } from '../ui/page-link.tsx';
import { Tooltip } from '../ui/tooltip.tsx';
import { EngineBadge } from './engine-badge.tsx';
import { ModelPicker } from './model-picker.tsx';
import { usePages } from './pages-context.ts';
import { ThemeSwitch } from './theme-switch.tsx';
import './top-bar.css';

/** The slim bar on top of every page. */
export function TopBar() {
  const pages = usePages();
  const page = useRoute((route) => route.page);
  return (
    <header className="top-bar">
      <div className="brand">
        <Icon name="loupe" />
        <h1>Loupe</h1>
      </div>
      <nav aria-label="Pages">
        {pages.map(({ id, title }) => (
          <PageLink key={id} page={id} aria-current={id === page ? 'page' : undefined}>
            {title}
          </PageLink>
        ))}
      </nav>
      <div className="top-bar-end">
        {pages.map(({ id, badge: Badge }) => Badge && <Badge key={id} />)}
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
        <Tooltip content="Keys and words">
          <button
            type="button"
            className="icon-button"
            aria-label="Keys and words"
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
