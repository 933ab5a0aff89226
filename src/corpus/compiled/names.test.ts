import { describe, expect, it } from 'vitest';
import type { Subprogram } from '../../binary/dwarf/index.ts';
import { producerOf } from './producer.ts';
import { publicName } from './public-names.ts';

describe('publicName', () => {
  it.each([
    ['__strlen_avx2', 'strlen'],
    ['__memcpy_avx_unaligned_erms_rtm', 'memcpy'],
    ['__wcsnlen_sse4_1', 'wcsnlen'],
    ['__memcpy_chk', 'memcpy'],
    ['__memcpy_chk_avx512_no_vzeroupper', 'memcpy'],
    ['__ieee754_exp', 'exp'],
    ['__ieee754_atan2_fma4', 'atan2'],
    ['__fma_fma3', 'fma'],
    ['__GI_puts', 'puts'],
    ['__floor_c', 'floor'],
    ['strlen', null],
    ['__strlen', null],
    ['_IO_getline', null],
    ['strlen_avx2', null],
    ['__', null],
    ['', null],
  ])('%s is %s', (name, known) => {
    expect(publicName(name)).toBe(known);
  });

  it('takes hostile names in the time of their length', () => {
    for (const part of ['_', '_avx', '_chk', '_sse4_1', 'a'])
      expect(publicName('__' + part.repeat(1e6))).toBe(null);
  });
});

describe('producerOf', () => {
  it.each([
    ['GNU C17 12.2.0 -mtune=generic -march=x86-64 -g -O2', 'gcc-12', 'O2'],
    ['GNU C++17 12.2.0 -mtune=generic -g -O1 -Os -fPIC', 'gcc-12', 'Os'],
    ['GNU C17 11.3.0 -mtune=generic -g -O', 'gcc-11', 'O1'],
    ['GNU C17 12.2.0 -mtune=generic -march=x86-64 -g', 'gcc-12', 'O0'],
    ['GNU C17 12.2.0', 'gcc-12', 'unknown'],
    ['GNU C17 12.2.0 -mtune=generic -Ofast', 'gcc-12', 'unknown'],
    ['GNU AS 2.40', 'unknown', 'unknown'],
    ['Debian clang version 14.0.6', 'clang-14', 'unknown'],
    ['clang LLVM (rustc version 1.63.0)', 'unknown', 'unknown'],
  ])('%s', (producer, compiler, optimization) => {
    expect(producerOf({ producer } as Subprogram)).toEqual({ compiler, optimization });
  });
});
