import type { ModelInfo } from '@loupe/shared';
import { getExampleRun } from '../api/resources.ts';
import { addressParts } from '../stores/address/address-parts.ts';
import { useRoute } from '../stores/address/route.ts';
import { linkFromAddress, restoreLink, syncAddress } from '../stores/address/sync-address.ts';
import { usePrompt } from '../stores/prompt/store.ts';
import { storedRun } from '../stores/prompt/stored-run.ts';
import { engineReady, useServer } from '../stores/server.ts';

/** Resolves with the models that are installed, however long the server takes to answer. */
function modelsKnown(): Promise<ModelInfo[]> {
  const { models } = useServer.getState();
  if (models) return Promise.resolve(models);
  return new Promise((resolve) => {
    const stop = useServer.subscribe(({ models }) => {
      if (!models) return;
      stop();
      resolve(models);
    });
  });
}

async function showExample(model: ModelInfo, asked: () => string | undefined): Promise<void> {
  try {
    const example = await getExampleRun(model.id);
    const { run, pending, showStored } = usePrompt.getState();
    // Only now, since it may have been typed while the example was on its way.
    const fits = (asked() ?? example.prompt) === example.prompt;
    if (fits && !run && !pending) showStored(storedRun(example, model), example.features);
  } catch {
    // Nothing is lost but the first impression: the live run comes anyway.
  }
}

/**
 * Fills the first screen: what the address asks for, else the example that ships with the first
 * model. A stored run of it is shown until the engine has run it live.
 */
export async function boot(): Promise<void> {
  const opened = useRoute.getState().params;
  const link = linkFromAddress();
  if (link.prompt !== undefined) usePrompt.setState({ text: link.prompt });
  // What is typed before the models are known is run once they are, be it nothing on purpose.
  const asked = () => {
    const { text, explicit } = usePrompt.getState();
    return text === '' && explicit === 0 ? link.prompt : text;
  };
  const models = await modelsKnown();
  const model = models.find(({ id }) => id === link.model) ?? models[0];
  usePrompt.setState({ model: link.model ?? model?.id ?? '' });
  if (model?.exampleRun && !engineReady(useServer.getState())) await showExample(model, asked);
  const prompt = asked() ?? model?.examples[0]?.prompt;
  restoreLink({ ...link, prompt: undefined });
  if (prompt !== undefined && !usePrompt.getState().pending) {
    usePrompt.getState().runNow({ prompt });
  }
  for (const part of addressParts()) part.read(opened);
  syncAddress();
}
