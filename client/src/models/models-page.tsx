import { useEffect } from 'react';
import { useRoute } from '../stores/address/route.ts';
import { useModels } from '../stores/models/store.ts';
import { usePanels } from '../stores/panels.ts';
import { refreshModels } from '../stores/server.ts';
import { Split } from '../ui/split.tsx';
import { Aside } from './aside.tsx';
import { ModelList } from './model-list.tsx';
import { ModelSheet } from './model-sheet.tsx';

const PANELS = [
  { id: 'models', title: 'Models', size: 19, least: 200, content: <ModelList /> },
  { id: 'model', title: 'Model and sets', size: 51, least: 420, content: <ModelSheet /> },
  { id: 'installation', title: 'Details and downloads', size: 30, least: 280, content: <Aside /> },
];

/** The Models page: what is installed and what can be, a model with its sets, and the downloads. */
export function ModelsPage() {
  const loadCatalogue = useModels((state) => state.loadCatalogue);
  // Read anew at each visit, as the command line may have installed something in the meantime.
  useEffect(() => {
    void loadCatalogue();
    void refreshModels();
    // Behind tabs, what the address names comes to the front.
    if (useRoute.getState().path.length > 0) usePanels.setState({ tab: 'model' });
  }, [loadCatalogue]);
  return <Split id="models" panels={PANELS} />;
}
