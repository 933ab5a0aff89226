/**
 * iced-x86 for pages and workers, as `binscribe/iced-x86`. Its npm package is one CommonJS file that reads its
 * WebAssembly through Node's `fs`; here both files are fetched, and the one is handed the other. An import map brings
 * it in the place of the package, and says where the package's files are:
 *
 * @example
 * {
 *   "imports": {
 *     "iced-x86": "/node_modules/binscribe/dist/runtimes/iced-web.js",
 *     "iced-x86/": "/node_modules/iced-x86/"
 *   }
 * }
 */

import type * as IcedX86 from 'iced-x86';

const [source, wasm] = await Promise.all([
  fetchFile('iced-x86/iced_x86.js').then((response) => response.text()),
  fetchFile('iced-x86/iced_x86_bg.wasm').then((response) => response.arrayBuffer()),
]);

/** @throws Error where the page's server does not have it. */
async function fetchFile(name: string): Promise<Response> {
  const url = import.meta.resolve(name);
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response;
}

/** What the file requires of Node. */
const NODE: Record<string, object> = {
  util: { TextDecoder, TextEncoder },
  path: { join: (_folder: string, name: string) => name },
  fs: { readFileSync: () => wasm },
};

type Run = (module: { exports: object }, require: (name: string) => object, __dirname: string) => void;

/** The file as a function, in a module of its own: a page need not allow `eval` for it. */
async function asFunction(file: string): Promise<Run> {
  const code = `export const run = (module, require, __dirname) => {\n${file}\n};`;
  const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  try {
    return ((await import(url)) as { run: Run }).run;
  } finally {
    URL.revokeObjectURL(url);
  }
}

const module = { exports: {} };
(await asFunction(source))(module, (name) => NODE[name], '');

/** What Binscribe uses of it. */
export const {
  Decoder,
  DecoderOptions,
  EncodingKind,
  FlowControl,
  Formatter,
  FormatterSyntax,
  Instruction,
  MemorySize,
  MemorySizeExt,
  Mnemonic,
  OpKind,
  Register,
  RegisterExt,
} = module.exports as typeof IcedX86;
