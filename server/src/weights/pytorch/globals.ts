import { showValue } from '../../model/show-value.ts';
import { CALLS } from './calls.ts';
import { DtypeValue, GlobalName } from './pickle-values.ts';
import { badTorchFile, unsafeTorchFile } from './problems.ts';
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

/** What PyTorch writes for kinds of tensors that are not read. */
const UNREAD =
  /^torch\.(Q\w+Storage|_utils\._rebuild_(sparse_\w*tensor|nested_tensor|meta_tensor_no_storage|qtensor|wrapper_subclass))$/;

/** Packages whose parts are known here one by one. */
const CLOSED = /^(torch|numpy)(\.|$)/;
/** Whole modules, saved as objects: their classes hold tensors and settings by name. */
const TORCH_MODULES = /^torch\.nn\.modules(\.|$)/;

/** Each is looked at letter by letter, as often as a file names it. */
const LONGEST_NAME = 1000;
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
 * a reader in Python would reach through a module to others; `LOUPE_BAD_FILE` for tensors that are
 * sparse, quantized, nested or without values.
 */
export function resolveGlobal(module: string, name: string, file: string): GlobalName | DtypeValue {
  if (module.length > LONGEST_NAME || name.length > LONGEST_NAME) {
    throw badTorchFile(file, 'it has a name without end');
  }
  const found = new GlobalName(RENAMED.get(module) ?? module, name);
  const dtype = found.module === 'torch' ? torchDtype(name) : undefined;
  if (dtype !== undefined) return new DtypeValue(dtype);
  const known =
    CALLS.has(found.full) ||
    NAMES.has(found.full) ||
    storageKind(found.module, name) !== undefined ||
    isInertClass(found);
  if (known) return found;
  if (UNREAD.test(found.full)) {
    throw badTorchFile(file, `it has a tensor of a kind that is not read (${found.full})`);
  }
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
