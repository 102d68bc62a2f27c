import { CALLS } from './calls.ts';
import { isInertClass, resolveGlobal } from './globals.ts';
import { OP, UNSAFE_OPCODES } from './opcodes.ts';
import type { PickleInput } from './pickle-input.ts';
import { readLiteral } from './pickle-literals.ts';
import {
  Dict,
  dictKey,
  GlobalName,
  Instance,
  NumpyDtype,
  type PickleValue,
  Sequence,
} from './pickle-values.ts';
import { badTorchFile, unsafeTorchFile } from './problems.ts';

/** Opcodes and other small steps that one pickle may take; the largest published ones need thousands. */
const MAX_WORK = 1 << 21;
/** Beside other values even an empty dict is large. */
const WORK_OF_DICT = 4;
const NEWEST_PROTOCOL = 5;

/**
 * Reads one pickle up to its STOP. This is a machine for the data part of pickles only: it makes
 * numbers, text, lists and dicts, and of everything else what `resolveGlobal` and `CALLS` give. It
 * never recurs, and takes no more steps and memory than a fixed number of opcodes can.
 *
 * @param persistent what an object outside the pickle, such as a storage, stands for; `undefined` if
 * it is nothing that is known
 * @throws LoupeError `LOUPE_UNSAFE_FILE` naming what was asked for; `LOUPE_BAD_FILE` if the pickle is
 * damaged, too large, or uses something that PyTorch does not write.
 */
export function unpickle(
  input: PickleInput,
  persistent: (id: PickleValue) => PickleValue | undefined,
): PickleValue {
  return new PickleMachine(input, persistent).run();
}

class PickleMachine {
  readonly #input: PickleInput;
  readonly #persistent: (id: PickleValue) => PickleValue | undefined;
  readonly #stack: PickleValue[] = [];
  /** Heights of the stack at its marks. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();
  #work = 0;

  constructor(input: PickleInput, persistent: (id: PickleValue) => PickleValue | undefined) {
    this.#input = input;
    this.#persistent = persistent;
  }

  run(): PickleValue {
    for (;;) {
      this.spend(1);
      const op = this.#input.u8();
      if (op === OP.STOP) break;
      this.#step(op);
    }
    const result = this.#pop();
    if (this.#stack.length > 0) throw this.#bad('its pickle ends with values left over');
    return result;
  }

  spend(work: number): void {
    this.#work += work;
    if (this.#work > MAX_WORK) throw this.#bad('its pickle is too large for weights and settings');
  }

  #step(op: number): void {
    const literal = readLiteral(op, this.#input);
    if (literal instanceof Dict) this.spend(WORK_OF_DICT);
    if (literal !== undefined) this.#push(literal);
    else if (!this.#arrange(op) && !this.#collect(op) && !this.#build(op)) throw this.#unknown(op);
  }

  /** Opcodes that move values about. False for any other. */
  #arrange(op: number): boolean {
    const input = this.#input;
    if (op === OP.PROTO) this.#checkProtocol(input.u8());
    else if (op === OP.FRAME) input.u64();
    else if (op === OP.MARK) this.#marks.push(this.#stack.length);
    else if (op === OP.POP) this.#popOrUnmark();
    else if (op === OP.POP_MARK) this.#popMark();
    else if (op === OP.DUP) this.#push(this.#top());
    else if (op === OP.BINGET) this.#get(input.u8());
    else if (op === OP.LONG_BINGET) this.#get(input.u32());
    else if (op === OP.BINPUT) this.#memo.set(input.u8(), this.#top());
    else if (op === OP.LONG_BINPUT) this.#memo.set(input.u32(), this.#top());
    else if (op === OP.MEMOIZE) this.#memo.set(this.#memo.size, this.#top());
    else return false;
    return true;
  }

  /** Opcodes that make and fill collections. False for any other. */
  #collect(op: number): boolean {
    if (op === OP.TUPLE) this.#push(new Sequence('tuple', this.#popMark()));
    else if (op === OP.TUPLE1) this.#push(new Sequence('tuple', this.#popSome(1)));
    else if (op === OP.TUPLE2) this.#push(new Sequence('tuple', this.#popSome(2)));
    else if (op === OP.TUPLE3) this.#push(new Sequence('tuple', this.#popSome(3)));
    else if (op === OP.LIST) this.#push(new Sequence('list', this.#popMark()));
    else if (op === OP.APPEND) this.#append('list', this.#popSome(1));
    else if (op === OP.APPENDS) this.#append('list', this.#popMark());
    else if (op === OP.FROZENSET) this.#push(new Sequence('set', this.#popMark()));
    else if (op === OP.ADDITEMS) this.#append('set', this.#popMark());
    else if (op === OP.DICT) this.#setItems(this.#popMark(), new Dict());
    else if (op === OP.SETITEM) this.#setItems(this.#popSome(2));
    else if (op === OP.SETITEMS) this.#setItems(this.#popMark());
    else return false;
    return true;
  }

  /** Opcodes that name and build things. False for any other. */
  #build(op: number): boolean {
    if (op === OP.GLOBAL) this.#name(this.#input.line(), this.#input.line());
    else if (op === OP.STACK_GLOBAL) this.#name(...this.#popPair());
    else if (op === OP.REDUCE) this.#reduce(...this.#popPair());
    else if (op === OP.NEWOBJ) this.#push(this.#newObject(...this.#popPair()));
    else if (op === OP.NEWOBJ_EX) this.#newObjectWithNames(this.#pop());
    else if (op === OP.BUILD) this.#setState(...this.#popPair());
    else if (op === OP.BINPERSID) this.#outside(this.#pop());
    else return false;
    return true;
  }

  #checkProtocol(protocol: number): void {
    if (protocol > NEWEST_PROTOCOL) throw this.#bad(`its pickle has protocol ${protocol}`);
  }

  #push(value: PickleValue): void {
    this.#stack.push(value);
  }

  #top(): PickleValue {
    return this.#stack[this.#lowest(1)] as PickleValue;
  }

  #pop(): PickleValue {
    this.#lowest(1);
    return this.#stack.pop() as PickleValue;
  }

  /** Of a mark with nothing above it, this takes the mark. */
  #popOrUnmark(): void {
    if (this.#marks.at(-1) === this.#stack.length) this.#marks.pop();
    else this.#pop();
  }

  #popPair(): [PickleValue, PickleValue] {
    return this.#popSome(2) as [PickleValue, PickleValue];
  }

  #popSome(count: number): PickleValue[] {
    return this.#stack.splice(this.#lowest(count));
  }

  /** Where the topmost `count` values begin, none of which may be below a mark. */
  #lowest(count: number): number {
    const at = this.#stack.length - count;
    if (at < (this.#marks.at(-1) ?? 0)) throw this.#bad('its pickle takes what is not there');
    return at;
  }

  #popMark(): PickleValue[] {
    const height = this.#marks.pop();
    if (height === undefined) throw this.#bad('its pickle takes what is not there');
    return this.#stack.splice(height);
  }

  #get(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw this.#bad('its pickle refers to what it does not have');
    this.#push(value);
  }

  #append(kind: 'list' | 'set', items: readonly PickleValue[]): void {
    const target = this.#top();
    const fits = target instanceof Sequence ? target.kind === kind : target instanceof Instance;
    if (!fits) throw this.#misused(kind === 'list' ? 'APPENDS' : 'ADDITEMS');
    for (const item of items) (target as Sequence | Instance).items.push(item);
  }

  #setItems(items: readonly PickleValue[], made?: Dict): void {
    if (made !== undefined) this.#push(made);
    const target = this.#top();
    if (!(target instanceof Dict || target instanceof Instance) || items.length % 2 !== 0) {
      throw this.#misused('SETITEMS');
    }
    for (let i = 0; i < items.length; i += 2) {
      const key = dictKey(items[i] as PickleValue);
      if (key === undefined) throw this.#bad('it has a dict with a key that is not supported');
      target.entries.set(key, items[i + 1] as PickleValue);
    }
  }

  #name(module: PickleValue, name: PickleValue): void {
    if (typeof module !== 'string' || typeof name !== 'string') throw this.#misused('STACK_GLOBAL');
    this.#push(resolveGlobal(module, name, this.#input.file));
  }

  #reduce(callable: PickleValue, args: PickleValue): void {
    if (!(callable instanceof GlobalName) || !(args instanceof Sequence)) {
      throw this.#misused('REDUCE');
    }
    const call = CALLS.get(callable.full);
    if (call === undefined) {
      throw unsafeTorchFile(this.#input.file, `it asks to call ${callable.full}`);
    }
    const made = call(args.items, this);
    if (made === undefined) {
      throw this.#bad(`it asks ${callable.full} for something that is not supported`);
    }
    this.#push(made);
  }

  #newObject(of: PickleValue, args: PickleValue): Instance {
    if (!(of instanceof GlobalName) || !(args instanceof Sequence)) throw this.#misused('NEWOBJ');
    if (!isInertClass(of)) {
      throw unsafeTorchFile(this.#input.file, `it asks for an object of ${of.full}`);
    }
    return new Instance(of, args.items);
  }

  #newObjectWithNames(named: PickleValue): void {
    const made = this.#newObject(...this.#popPair());
    if (!(named instanceof Dict)) throw this.#misused('NEWOBJ_EX');
    this.spend(named.entries.size);
    for (const [key, value] of named.entries) made.entries.set(key, value);
    this.#push(made);
  }

  #setState(target: PickleValue, state: PickleValue): void {
    if (target instanceof Instance && target.state === undefined) {
      target.state = state;
    } else if (target instanceof NumpyDtype && state instanceof Sequence) {
      const order = state.items[1];
      if (typeof order === 'string') target.order = order;
    } else if (!(target instanceof Dict && state instanceof Dict)) {
      // The state of a dict is `_metadata`, the versions of a module's parts: passed over.
      throw this.#misused('BUILD');
    }
    this.#push(target);
  }

  #outside(id: PickleValue): void {
    const value = this.#persistent(id);
    if (value === undefined) throw this.#bad('it refers to a storage in a way that is not known');
    this.#push(value);
  }

  #unknown(op: number): Error {
    const unsafe = UNSAFE_OPCODES.get(op);
    if (unsafe !== undefined)
      return unsafeTorchFile(this.#input.file, `it has the opcode ${unsafe}`);
    return this.#bad(`its pickle has the opcode 0x${op.toString(16).padStart(2, '0')}`);
  }

  #misused(op: string): Error {
    return this.#bad(`its pickle has ${op} where it cannot stand`);
  }

  #bad(what: string): Error {
    return badTorchFile(this.#input.file, what);
  }
}
