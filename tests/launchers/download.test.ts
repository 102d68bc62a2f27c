import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { downloadFile } from '../../scripts/lib/tensorflow/download.mjs';
import { localServer } from './local-server.ts';
import { temporaryFolder } from './temporary-folder.ts';

const folder = temporaryFolder();
const content = Buffer.from(Array.from({ length: 400_000 }, (_, i) => (i * 7 + (i >> 9)) & 255));
const sha256 = createHash('sha256').update(content).digest('hex');

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** What the server does with each request, the last for all that follow. */
let answers: Answer[];
let ranges: (string | undefined)[];
const server = await localServer((request, response) => {
  ranges.push(request.headers.range);
  const answer = answers.length > 1 ? answers.shift() : answers[0];
  answer?.(request, response);
});

function start(request: IncomingMessage): number {
  return Number(request.headers.range?.match(/^bytes=(\d+)-$/)?.[1] ?? 0);
}

/**
 * Sends what is asked for, up to a byte, and breaks the connection once some of it is on disk: what is
 * still on its way then is lost, and may be all of it.
 */
function upTo(end: number): Answer {
  return (request, response) => {
    const from = start(request);
    sendHead(request, response, content.length - from);
    response.write(content.subarray(from, end));
    const look = setInterval(() => {
      if ((statSync(partPath(), { throwIfNoEntry: false })?.size ?? 0) <= from) return;
      clearInterval(look);
      response.destroy();
    }, 1);
  };
}

function sendHead(request: IncomingMessage, response: ServerResponse, length: number) {
  const from = start(request);
  if (from > 0) {
    response.setHeader('content-range', `bytes ${from}-${content.length - 1}/${content.length}`);
  }
  response.setHeader('content-length', length);
  response.statusCode = from > 0 ? 206 : 200;
}

const whole: Answer = (request, response) => {
  const from = start(request);
  sendHead(request, response, content.length - from);
  response.end(content.subarray(from));
};

function status(code: number): Answer {
  return (_, response) => {
    response.statusCode = code;
    response.end();
  };
}

let count = 0;
let path: string;
beforeEach(() => {
  ranges = [];
  path = join(folder, `file-${++count}`);
});

function partPath() {
  return `${path}.${sha256.slice(0, 12)}.part`;
}

function download(size: number | undefined = content.length) {
  const seen: number[] = [];
  const onProgress = (done: number) => void seen.push(done);
  return downloadFile({ url: server, path, sha256, size, onProgress, pauseMs: 1 }).then(() => seen);
}

function expectWhole() {
  expect(readFileSync(path).equals(content)).toBe(true);
  expect(existsSync(partPath())).toBe(false);
}

test('fetches a file and says how far it is', async () => {
  answers = [whole];
  const seen = await download();
  expectWhole();
  expect(seen.at(-1)).toBe(content.length);
});

test('goes on where connections broke', async () => {
  answers = [upTo(100_000), upTo(250_000), whole];
  await download();
  expectWhole();
  expect(ranges[0]).toBeUndefined();
  const later = ranges.slice(1).map((range) => Number(range?.slice(6, -1)));
  expect(later).toHaveLength(2);
  for (const from of later) expect(from).toBeGreaterThan(0);
});

test('goes on from what an earlier process left', async () => {
  answers = [whole];
  writeFileSync(partPath(), content.subarray(0, 300_000));
  const seen = await download();
  expectWhole();
  expect(ranges).toEqual(['bytes=300000-']);
  expect(Math.min(...seen)).toBeGreaterThan(300_000);
});

test('fetches nothing that is there already', async () => {
  answers = [status(500)];
  writeFileSync(path, content);
  await download();
  writeFileSync(partPath(), content);
  path = join(folder, 'from-a-complete-part');
  writeFileSync(partPath(), content);
  await download();
  expect(ranges).toEqual([]);
  expectWhole();
});

test('starts again with a server that ignores ranges', async () => {
  answers = [
    (_, response) => {
      response.setHeader('content-length', content.length);
      response.end(content);
    },
  ];
  writeFileSync(partPath(), content.subarray(0, 1234));
  await download();
  expectWhole();
});

test('starts again where the part is damaged, too long, or refused', async () => {
  answers = [whole];
  writeFileSync(partPath(), Buffer.alloc(1000, 1));
  await download();
  expectWhole();
  for (const first of [whole, status(416)]) {
    answers = [first, whole];
    path += 'x';
    writeFileSync(partPath(), Buffer.alloc(first === whole ? content.length + 5 : 70));
    await download();
    expectWhole();
  }
});

test('takes another range than asked for as a fault, and recovers', async () => {
  answers = [
    (_, response) => {
      response.statusCode = 206;
      response.setHeader('content-range', `bytes 0-9/${content.length}`);
      response.end(content.subarray(0, 10));
    },
    whole,
  ];
  writeFileSync(partPath(), content.subarray(0, 500));
  await download();
  expectWhole();
});

test('tries again after a server’s passing trouble', async () => {
  answers = [status(503), status(429), whole];
  await download();
  expectWhole();
});

test('gives up on what no further attempt will change', async () => {
  answers = [status(404)];
  await expect(download()).rejects.toThrow('answers 404');
  expect(ranges).toHaveLength(1);
  expect(existsSync(path)).toBe(false);
});

test('gives up after some attempts that bring nothing', async () => {
  answers = [(_, response) => void response.destroy()];
  await expect(download()).rejects.toThrow();
  expect(ranges).toHaveLength(5);
});

test('never keeps another file than the one listed', async () => {
  answers = [
    (_, response) => {
      response.setHeader('content-length', content.length);
      response.end(Buffer.alloc(content.length));
    },
  ];
  await expect(download()).rejects.toThrow('not the file listed');
  expect(readdirSync(folder).filter((name) => name.startsWith(`file-${count}`))).toEqual([]);
});

test('stops a server that sends more than the file is long', async () => {
  answers = [(_, response) => void response.end(Buffer.alloc(content.length * 2))];
  await expect(download()).rejects.toThrow('too much is sent');
  expect(existsSync(path)).toBe(false);
});

test('fetches a file of unknown length', async () => {
  answers = [(_, response) => void response.end(content)];
  await downloadFile({ url: server, path, sha256, size: undefined, onProgress: () => {} });
  expectWhole();
});
