/** A T5 of 3 + 3 layers of 256 answers eight texts of up to 128 tokens with 64 each, by a search with five beams. */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { peersWith } from '../peers.ts';
import type { Duel } from '../duel.ts';

const PEER = 'transformers_beam5.py';

export const beam5: Duel = {
  name: 'beam5',
  ours: 'ours-beam5.js',
  peer: PEER,
  module: 'transformers',
  steps: 6,
  warm: 1,
  // The peer makes the model: a folder as transformers writes it, which we import.
  write(folder) {
    const [{ python }] = peersWith('transformers');
    const script = join(import.meta.dirname, '..', '..', '..', 'bench', 'peers', PEER);
    execFileSync(python, [script, 'write', folder, '0'], { stdio: ['ignore', 'ignore', 'inherit'] });
    return Promise.resolve();
  },
};
