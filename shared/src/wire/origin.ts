import { type Static, Type } from 'typebox';

export const Paper = Type.Object({ title: Type.String(), url: Type.String() });

/** Where something that is installed was published. */
export const Origin = Type.Object({
  repository: Type.String({ description: 'on the Hugging Face hub' }),
  revision: Type.String(),
  url: Type.String({ description: 'page of the repository' }),
  licence: Type.String({ description: '`unknown` where the repository states none' }),
  paper: Type.Optional(Paper),
});
export type Origin = Static<typeof Origin>;
