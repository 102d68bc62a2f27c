import { readFileSync } from 'node:fs';
import type { ModelInfo } from '@loupe/shared';
import type {
  ArrivedFile,
  ArrivedSource,
  Installer,
} from '../../../server/src/hub/downloads/installer.ts';
import { MODEL } from '../../api/support/fake-models.ts';

/** A store in memory: keeps the content of what is installed, and in which order it was. */
export class FakeInstaller implements Installer {
  /** `model`, or the id of a source, in the order of installation. */
  readonly order: string[] = [];
  /** By unit and path. */
  readonly contents = new Map<string, Buffer>();
  /** Files as they were handed over. */
  readonly handed: ArrivedFile[] = [];
  /** What happens before something is installed. */
  before: (unit: string) => Promise<void> = async () => undefined;

  /** Installed models as the store lists them. */
  models(): ModelInfo[] {
    const [source] = MODEL.sources;
    if (!this.order.includes('model') || !source) return [];
    const sources = this.order
      .filter((unit) => unit !== 'model')
      .map((id) => {
        const [, layer = '', set = ''] = /^(\d+)-(.+)$/.exec(id) ?? [];
        return { ...source, id, set, layer: Number(layer) };
      });
    return [{ ...MODEL, id: 'small', sources }];
  }

  async installModel(_model: string, files: readonly ArrivedFile[]): Promise<void> {
    await this.#install('model', files);
  }

  async installSource({ set, layer, files }: ArrivedSource): Promise<void> {
    await this.#install(`${layer}-${set}`, files);
  }

  async removeSet(): Promise<void> {
    this.order.length = 0;
  }

  async #install(unit: string, files: readonly ArrivedFile[]): Promise<void> {
    await this.before(unit);
    for (const file of files) {
      this.handed.push(file);
      this.contents.set(`${unit} ${file.path}`, readFileSync(file.file));
    }
    this.order.push(unit);
  }
}
