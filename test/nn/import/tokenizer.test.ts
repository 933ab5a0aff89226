import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { BinscribeError } from '../../../src/error.ts';
import type { HostTensor } from '../../../src/nn/runtime.ts';
import { loadTokenizer, type TextTokenizer } from '../../../src/nn/import/tokenizer.ts';
import { mutate, randomFrom } from '../../support/mutate.ts';
import { checkpoint, expectedJson } from './support.ts';

interface Batch {
  input_ids: number[][];
  attention_mask: number[][];
  token_type_ids: number[][];
}

interface Expected {
  tokenizer: { single: { text: string; ids: number[]; decoded: string }[]; batch: Batch; pairs: Batch };
}

/** As the script has them. */
const TEXTS = ['returns the total of all values', 'while (i < count) total += values[i];', 'mov rax, 0x20'];

function rows({ shape: [count, length], data }: HostTensor): number[][] {
  return Array.from({ length: count }, (_, i) =>
    Array.from(data.slice(i * length, (i + 1) * length), Number),
  );
}

describe.each(['roberta', 'bert', 't5', 't5-gated'])('tokenizer of %s', (name) => {
  const { single, batch, pairs } = (expectedJson(`${name}/expected`) as Expected).tokenizer;
  let tokenizer: TextTokenizer;
  beforeAll(async () => {
    tokenizer = await loadTokenizer(checkpoint(name));
  });

  it.each(single)('reads $text', ({ text, ids, decoded }) => {
    if (ids.length > 0) expect(rows(tokenizer.encode([text]).ids)).toEqual([ids]);
    expect(tokenizer.decode(ids)).toBe(decoded);
  });

  it('cuts and fills a batch', () => {
    const { ids, mask, types } = tokenizer.encode(TEXTS, { maximum: 12 });
    expect(rows(ids)).toEqual(batch.input_ids);
    expect(rows(mask)).toEqual(batch.attention_mask);
    expect(rows(types)).toEqual(batch.token_type_ids);
  });

  it('cuts pairs, the longer text first', () => {
    const { ids, mask, types } = tokenizer.encode(TEXTS.slice(0, 2), { pairs: TEXTS.slice(1), maximum: 16 });
    expect(rows(ids)).toEqual(pairs.input_ids);
    expect(rows(mask)).toEqual(pairs.attention_mask);
    expect(rows(types)).toEqual(pairs.token_type_ids);
  });

  it('fills up to a multiple', () => {
    const { ids, mask } = tokenizer.encode(['mov rax'], { multiple: 32 });
    expect(ids.shape).toEqual([1, 32]);
    expect(rows(ids)[0][31]).toBe(tokenizer.padding);
    expect(rows(mask)[0][31]).toBe(0);
  });
});

describe('a tokenizer', () => {
  it('says what does not fit', async () => {
    const tokenizer = await loadTokenizer(checkpoint('roberta'));
    expect(() => tokenizer.encode(['a'], { pairs: [] })).toThrow('1 texts with 0 second texts');
    expect(() => tokenizer.encode(['a'], { maximum: 1 })).toThrow(
      'at most 1 tokens, of which 2 are special ones',
    );
    expect(tokenizer.maximum).toBe(48);
    expect(rows(tokenizer.encode(['x '.repeat(99)]).ids)[0].length).toBe(48);
  });

  it('that is damaged gives errors of ours', async () => {
    const where = checkpoint('bert');
    const original = readFileSync(`${where.where}/tokenizer.json`);
    const random = randomFrom(5);
    for (let i = 0; i < 300; i++) {
      const damaged = mutate(original, [], random);
      try {
        const read = (name: string) =>
          name === 'tokenizer.json' ? Promise.resolve(damaged) : where.read(name);
        await loadTokenizer({ where: 'm', read });
      } catch (error) {
        expect(error).toBeInstanceOf(BinscribeError);
      }
    }
  });
});
