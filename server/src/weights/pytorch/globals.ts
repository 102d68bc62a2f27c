import { showValue } from '../../model/show-value.ts';
import { CALLS } from './calls.ts';
import { DtypeValue, GlobalName } from './pickle-values.ts';
import { unsafeTorchFile } from './problems.ts';
import { isPythonModule } from './python-modules.ts';
import { storageKind, torchDtype } from './torch-dtypes.ts';

/** Modules that Python or numpy have renamed since files were written, or write by their old names. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['__builtin__', 'builtins'],
  ['copy_reg', 'copyreg'],
  ['numpy.core.multiarray', 'numpy._core.multiarray'],
  ['pathlib._local', 'pathlib'],
]);

/** Harmless names that files have as values or arguments, and that are never built. */
const NAMES: ReadonlySet<string> = new Set([
  ...['object', 'bool', 'int', 'float', 'str', 'list', 'dict', 'tuple'].map((n) => `builtins.${n}`),
  'torch.Tensor',
  'torch.nn.parameter.Parameter',
]);

/** Packages whose parts are known here one by one. */
const CLOSED = /^(torch|numpy)(\.|$)/;
/** Whole modules, saved as objects: their classes hold tensors and settings by name. */
const TORCH_MODULES = /^torch\.nn\.modules(\.|$)/;

const MODULE = /^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*$/u;
const NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;

/**
 * What a file may name. Nothing is imported and nothing is ever called, so a name could do no harm;
 * but a file that names a way to do something was made to do it, and must not pass for a dictionary.
 * So these are all there are:
 *
 * - what PyTorch writes for tensors and plain data, built here by our own code (`calls.ts`);
 * - dtypes, storage classes and some harmless names;
 * - classes of somebody's program, that is, of no module of Python, torch or numpy. Objects of them
 *   are kept as inert records of what was said of them.
 *
 * @throws LoupeError `LOUPE_UNSAFE_FILE` for every other name, and for one with a dot in it, by which
 * a reader in Python would reach through a module to others.
 */
export function resolveGlobal(module: string, name: string, file: string): GlobalName | DtypeValue {
  const found = new GlobalName(RENAMED.get(module) ?? module, name);
  const dtype = found.module === 'torch' ? torchDtype(name) : undefined;
  if (dtype !== undefined) return new DtypeValue(dtype);
  const known =
    CALLS.has(found.full) ||
    NAMES.has(found.full) ||
    storageKind(found.module, name) !== undefined ||
    isInertClass(found);
  if (known) return found;
  throw unsafeTorchFile(
    file,
    `it asks for ${showValue(`${module}.${name}`)}, which no weights need`,
  );
}

/** True for a class whose objects are kept as inert records. */
export function isInertClass({ module, name, full }: GlobalName): boolean {
  if (full === 'argparse.Namespace') return true;
  if (!MODULE.test(module) || !NAME.test(name)) return false;
  return TORCH_MODULES.test(module) || !(isPythonModule(module) || CLOSED.test(module));
}
