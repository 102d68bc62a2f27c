import { MODELS_PATH } from '../stores/models/follow-downloads.ts';
import type { Page } from '../ui/page.ts';
import { DownloadBadge } from './download-badge.tsx';
import { MODELS_KEYS } from './keys.ts';
import { ModelsPage } from './models-page.tsx';
import { useModelsPalette } from './palette.ts';

export const MODELS_PAGE: Page = {
  id: MODELS_PATH,
  title: 'Models',
  component: ModelsPage,
  keys: MODELS_KEYS,
  usePalette: useModelsPalette,
  badge: DownloadBadge,
};
