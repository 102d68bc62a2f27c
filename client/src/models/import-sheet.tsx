import { CopyButton } from '../ui/copy-button.tsx';

const COMMAND = 'npm run loupe -- import <folder>';
const CARD = `{
  "hook": "blocks.{layer}.ln2.hook_normalized",
  "outputHook": "blocks.{layer}.hook_mlp_out",
  "activationFunction": { "kind": "relu" }
}`;

/** How to bring one's own models and dictionaries, and what may be brought. */
export function ImportSheet() {
  return (
    <section className="sheet sheet-scroll import-sheet" aria-label="Your own">
      <header className="sheet-head">
        <h2>Your own models and dictionaries</h2>
      </header>
      <p className="sheet-text">
        One command copies a folder into Loupe’s store, after its shapes have been checked against
        the model and the variance that it explains has been measured. What looks wrong is said, and
        stands with the set here. Your files stay as they are.
      </p>
      <p className="command-line">
        <code>{COMMAND}</code>
        <CopyButton text={COMMAND} what="Command" />
      </p>
      <dl className="import-forms">
        <div>
          <dt>SAELens</dt>
          <dd>
            a folder with <code>cfg.json</code> and <code>sae_weights.safetensors</code>, or with
            one such folder for each layer
          </dd>
        </div>
        <div>
          <dt>transcoders</dt>
          <dd>a folder of circuit-tracer or sparsify, per layer or across layers</dd>
        </div>
        <div>
          <dt>bare weights</dt>
          <dd>
            a <code>.pt</code> or <code>.safetensors</code> file, with a JSON of the same name
            beside it that says what it reads and how, and <code>--layer 8</code> on the command:
            <pre>{CARD}</pre>
            <CopyButton text={CARD} what="JSON" />
          </dd>
        </div>
        <div>
          <dt>a model</dt>
          <dd>
            a GPT-2 checkpoint in Hugging Face’s layout: fine-tuned, of another size, or pruned to
            fewer heads or narrower MLPs, layer by layer
          </dd>
        </div>
      </dl>
      <p className="sheet-text">
        PyTorch files are read without running anything that is in them. <code>--help</code> lists
        the options.
      </p>
    </section>
  );
}
