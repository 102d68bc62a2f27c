import type { Catalogue } from '@loupe/shared';
import type { Api } from '../http/api.ts';
import type { AppContext } from '../http/context.ts';
import { answers } from '../http/schemas.ts';

/** `GET /catalogue`: what can be installed. */
export function addCatalogueRoute(api: Api, { hub }: AppContext): void {
  const schema = {
    summary: 'Models and sets of dictionaries that can be installed',
    response: answers('Catalogue', ['LOUPE_BAD_CATALOGUE']),
  };
  api.get('/catalogue', { schema }, (): Promise<Catalogue> => hub.catalogue());
}
