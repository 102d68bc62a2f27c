import { type Static, Type } from 'typebox';
import type { ErrorBody } from '../errors.ts';

/** Sets and layers of one model to install. */
export const DownloadRequest = Type.Object(
  {
    model: Type.String({ maxLength: 100 }),
    sets: Type.Optional(
      Type.Array(
        Type.Object(
          {
            id: Type.String({ maxLength: 100 }),
            layers: Type.Optional(
              Type.Array(Type.Integer({ minimum: 0, maximum: 9999 }), {
                maxItems: 1000,
                description: 'default: all of the set',
              }),
            ),
          },
          { additionalProperties: false },
        ),
        { maxItems: 100, description: 'default: the sets that the three jobs need' },
      ),
    ),
  },
  { additionalProperties: false, description: 'the model itself is taken along if it is missing' },
);
export type DownloadRequest = Static<typeof DownloadRequest>;

export const DownloadStatus = Type.Union([
  Type.Literal('waiting'),
  Type.Literal('checking'),
  Type.Literal('downloading'),
  Type.Literal('converting'),
  Type.Literal('done'),
  Type.Literal('failed'),
  Type.Literal('cancelled'),
]);
export type DownloadStatus = Static<typeof DownloadStatus>;

/** One file of a download. */
export const DownloadFile = Type.Object({
  path: Type.String(),
  bytes: Type.Integer({ description: 'that have arrived' }),
  totalBytes: Type.Integer(),
  status: DownloadStatus,
});
export type DownloadFile = Static<typeof DownloadFile>;

const DownloadError = Type.Unsafe<ErrorBody>(
  Type.Object({
    code: Type.String(),
    message: Type.String(),
    detail: Type.Optional(Type.Unknown()),
  }),
);

/** A download: what was asked for, and how far it is. */
export const Download = Type.Object({
  id: Type.String(),
  model: Type.String(),
  title: Type.String({ description: 'what is installed, for people' }),
  request: DownloadRequest,
  status: DownloadStatus,
  bytes: Type.Integer({ description: 'that have arrived' }),
  totalBytes: Type.Integer({ description: '0 until it is known' }),
  bytesPerSecond: Type.Union([Type.Number(), Type.Null()]),
  secondsLeft: Type.Union([Type.Number(), Type.Null()]),
  converted: Type.Integer({ description: 'sources brought into the store so far' }),
  toConvert: Type.Integer(),
  files: Type.Array(DownloadFile),
  error: Type.Optional(DownloadError),
  startedAt: Type.String({ format: 'date-time' }),
});
export type Download = Static<typeof Download>;

/** All downloads since the server started, newest first. */
export const DownloadList = Type.Object({ downloads: Type.Array(Download) });
export type DownloadList = Static<typeof DownloadList>;

/** `detail` of `LOUPE_OFFLINE`: what to fetch elsewhere, and where to put it. */
export interface OfflineDetail {
  /** For the files, by hand; `loupe import <folder>` then takes them. */
  folder: string;
  files: { url: string; path: string }[];
}

/** `detail` of `LOUPE_DISK_FULL`. */
export interface DiskFullDetail {
  folder: string;
  neededBytes: number;
  freeBytes: number;
}
