import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { LoupeError } from '@loupe/shared';

const SIGNATURE_BYTES = 8;
/** Length, type and checksum of a chunk. */
const FRAME_BYTES = 12;
const KEYWORD = 'Loupe graph';
/** A graph is far smaller; a chunk that unpacks to more is an attack. */
const MAX_TEXT_BYTES = 512 * 1024 * 1024;

interface Chunk {
  type: string;
  data: Buffer;
}

/** A PNG with a graph in a chunk of compressed text (PNG, third edition, § 11.3.3.4), and its resolution. */
export function withGraph(png: Buffer, json: string | undefined, pixelsPerMetre: number): Buffer {
  const [header, ...rest] = readChunks(png);
  const size = Buffer.alloc(9);
  size.writeUInt32BE(pixelsPerMetre, 0);
  size.writeUInt32BE(pixelsPerMetre, 4);
  size.writeUInt8(1, 8);
  const added = [{ type: 'pHYs', data: size }];
  if (json !== undefined) {
    // Keyword, compressed by deflate, no language and no translated keyword.
    const head = Buffer.concat([Buffer.from(KEYWORD, 'latin1'), Buffer.from([0, 1, 0, 0, 0])]);
    added.push({ type: 'iTXt', data: Buffer.concat([head, deflateSync(json)]) });
  }
  const chunks = [header as Chunk, ...added, ...rest.filter(({ type }) => type !== 'pHYs')];
  return Buffer.concat([png.subarray(0, SIGNATURE_BYTES), ...chunks.map(writeChunk)]);
}

/**
 * The graph that `withGraph` put into a PNG, as JSON.
 *
 * @throws LoupeError `LOUPE_BAD_GRAPH` if there is none
 */
export function graphOfPng(png: Buffer): string {
  const mark = Buffer.from(`${KEYWORD}\0`, 'latin1');
  for (const { type, data } of readChunks(png)) {
    if (type !== 'iTXt' || !data.subarray(0, mark.length).equals(mark)) continue;
    const packed = data.subarray(mark.length + 4);
    try {
      return inflateSync(packed, { maxOutputLength: MAX_TEXT_BYTES }).toString('utf8');
    } catch {
      break;
    }
  }
  throw new LoupeError('LOUPE_BAD_GRAPH', 'This PNG carries no graph of Loupe that can be read.');
}

function readChunks(png: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = SIGNATURE_BYTES; at + FRAME_BYTES <= png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    chunks.push({ type, data: png.subarray(at + 8, at + 8 + length) });
    at += FRAME_BYTES + length;
  }
  return chunks;
}

function writeChunk({ type, data }: Chunk): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
