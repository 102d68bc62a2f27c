/** What of the drawing is on screen: a point `p` of the layout is at `p · k + x`, `p · k + y`. */
export interface Viewport {
  k: number;
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

/** Nodes this close to the border of the screen count as inside. */
const BORDER = 6;
/** Nodes are drawn no smaller than this to begin with, in zoom. */
const MIN_HOME = 0.55;
/** Smaller than this, tokens could not be read, and so are not made for the sake of width. */
export const MIN_ACROSS = 0.75;
export const MAX_ZOOM = 6;

/** The zoom at which the whole drawing is on screen, but no more than 1. */
export function fitZoom({ width, height }: Size, screen: Size): number {
  const fit = Math.min(screen.width / Math.max(width, 1), screen.height / Math.max(height, 1));
  // A screen that has not been measured yet has no size.
  return Math.min(1, fit || 1);
}

/**
 * The zoom to begin with: the whole drawing where its tokens can be read then, else as high as the
 * screen, to be moved sideways.
 */
export function homeZoom(content: Size, screen: Size): number {
  const across = screen.width / Math.max(content.width, 1);
  const fit = across < MIN_ACROSS ? screen.height / Math.max(content.height, 1) : undefined;
  return Math.min(1, Math.max(fit ?? fitZoom(content, screen), MIN_HOME));
}

/**
 * Where a drawing is put to begin with: whole where it can be read so, else its upper right end, where
 * the logit is.
 */
export function homeViewport(layout: Size, screen: Size): Viewport {
  const k = homeZoom(layout, screen);
  const end = (content: number, room: number) => Math.min(0, room - content * k);
  const x = layout.width * k <= screen.width ? 0 : end(layout.width, screen.width);
  return { k, x, y: Math.max(0, (screen.height - layout.height * k) / 2) };
}

/** A drawing and the screen that it is shown on. */
export interface Shown {
  content: Size;
  screen: Size;
}

/**
 * What a reader had brought into view, on a screen of another size: the same middle, and as much larger
 * or smaller as the whole drawing is.
 *
 * @param homeOf where a drawing is put to begin with
 */
export function refitted(
  { k, x, y }: Viewport,
  before: Shown,
  after: Shown,
  homeOf: (content: Size, screen: Size) => Viewport,
): Viewport {
  const scaled = homeOf(after.content, after.screen).k / homeOf(before.content, before.screen).k;
  const next = k * scaled;
  const middle = (along: 'width' | 'height', offset: number) => {
    const share = (before.screen[along] / 2 - offset) / k / Math.max(before.content[along], 1);
    return after.screen[along] / 2 - share * after.content[along] * next;
  };
  return { k: next, x: middle('width', x), y: middle('height', y) };
}

/** The nearest viewport in which a node is well inside the screen. */
export function showing(
  viewport: Viewport,
  { x, y }: { x: ArrayLike<number>; y: ArrayLike<number> },
  node: number,
  screen: Size,
): Viewport {
  const within = (at: number, room: number) => {
    const margin = Math.min(48, room / 3);
    // What stands at the border of a drawing that is shown whole moves nothing.
    return at < BORDER ? margin - at : at > room - BORDER ? room - margin - at : 0;
  };
  const left = (x[node] as number) * viewport.k + viewport.x;
  const top = (y[node] as number) * viewport.k + viewport.y;
  if (Number.isNaN(left)) return viewport;
  return {
    ...viewport,
    x: viewport.x + within(left, screen.width),
    y: viewport.y + within(top, screen.height),
  };
}

/** How much larger the marks of nodes are at a zoom than at 1: they grow and shrink less than all else. */
export function markScale(k: number): number {
  return Math.max(0.5, Math.min(Math.sqrt(k), 1.8));
}
