import { LoupeError, type NodeChange, parseFeatureId } from '@loupe/shared';

const FORM =
  'Write a feature as 5-att-kk/7515, a head as head:9.6, an error as error:mlp:5 or ' +
  'error:attention:5; then, where wanted, @ and a position (@-1 is the last), and =2.5 to set a ' +
  'feature or *0.5 to multiply. Without these two it is ablated.';

/**
 * A change as the command line takes it: `5-att-kk/7515@14=2.5`.
 *
 * @throws LoupeError `LOUPE_BAD_REQUEST`
 */
export function parseChange(text: string): NodeChange {
  const match = /^([^@=*]+)(?:@(-?\d{1,6}))?(?:([=*])(-?[\d.]+(?:e-?\d+)?))?$/.exec(text);
  const [, what = '', position, sign, number] = match ?? [];
  const value = number === undefined ? 0 : Number(number);
  const where = position === undefined ? {} : { positions: [Number(position)] };
  const head = /^head:(\d{1,4}\.\d{1,4})$/.exec(what)?.[1];
  const [, error, layer] = /^error:(attention|mlp):(\d{1,4})$/.exec(what) ?? [];
  if (Number.isFinite(value)) {
    if (parseFeatureId(what)) {
      return { feature: what, ...where, ...(sign === '=' ? { set: value } : { scale: value }) };
    }
    if (head !== undefined && sign !== '=') return { head, scale: value, ...where };
    if ((error === 'attention' || error === 'mlp') && sign !== '=') {
      return { error, layer: Number(layer), scale: value, ...where };
    }
  }
  throw new LoupeError('LOUPE_BAD_REQUEST', `"${text}" is no change. ${FORM}`);
}
