// Adds what binscribe suggests to a session of radare2 (5.8 or newer): as comments, nothing is renamed.
//
//   r2 -A PROGRAM
//   > . THIS_FILE                           lists what it would add
//   > %BINSCRIBE=add; . THIS_FILE           adds it
//   > %BINSCRIBE=remove; . THIS_FILE        takes it away again
//
// The file must be called *.r2.js; BINSCRIBE may also be set before radare2 starts.

(function () {
  'use strict';

  // A JSON document: nothing of the explained file stands in this script as code.
  const DATA = '@DATA@';

  // Lines that begin so are ours. All others are somebody else's and stay.
  const TAG = '[binscribe]';
  const ACTIONS = ['list', 'add', 'remove'];
  const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

  /** UTF-8 in base64, by hand: radare2's QuickJS has neither btoa nor TextEncoder. */
  function encode(text) {
    // Half a surrogate pair is no text: it becomes a question mark.
    const whole = text.replace(
      /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      '?',
    );
    const bytes = [];
    for (const piece of encodeURIComponent(whole).match(/%..|[^%]/g) || []) {
      bytes.push(piece.length === 1 ? piece.charCodeAt(0) : parseInt(piece.slice(1), 16));
    }
    let out = '';
    for (let at = 0; at < bytes.length; at += 3) {
      const [a, b, c] = bytes.slice(at, at + 3);
      out += DIGITS[a >> 2] + DIGITS[((a & 3) << 4) | ((b || 0) >> 4)];
      out += b === undefined ? '=' : DIGITS[((b & 15) << 2) | ((c || 0) >> 6)];
      out += c === undefined ? '=' : DIGITS[c & 63];
    }
    return out;
  }

  function decode(base64) {
    const pieces = [];
    let held = 0;
    let bits = 0;
    for (const digit of base64.replace(/=+$/, '')) {
      held = ((held << 6) | DIGITS.indexOf(digit)) & 0xffff;
      bits += 6;
      if (bits < 8) continue;
      bits -= 8;
      pieces.push('%' + ((held >> bits) & 255).toString(16).padStart(2, '0'));
    }
    return decodeURIComponent(pieces.join(''));
  }

  const withoutOurs = (comment) =>
    comment
      .split('\n')
      .filter((line) => !line.startsWith(TAG))
      .join('\n');

  function withOurs(comment, line) {
    const kept = withoutOurs(comment);
    return kept === '' ? line : kept + '\n' + line;
  }

  const hex = (address) => '0x' + address.toString(16);
  const say = (text) => console.log(text);

  function ask(command) {
    try {
      return JSON.parse(r2.cmd(command));
    } catch {
      return null;
    }
  }

  /** Older versions call an address `offset`, newer ones `addr`. */
  const addressOf = (entry) => (entry.addr === undefined ? entry.offset : entry.addr);

  /**
   * All comments by address. As commands that would make them: `CCj` escapes them, and what was escaped cannot be
   * told from what was written so. Null for one whose bytes are no text.
   */
  function allComments() {
    const found = new Map();
    for (const line of r2.cmd('CC*').split('\n')) {
      const comment = /CCu base64:([A-Za-z0-9+/]*=*)/.exec(line);
      const address = /@ ?(0x[0-9a-f]+)/.exec(line);
      if (!comment || !address) continue;
      try {
        found.set(parseInt(address[1], 16), decode(comment[1]));
      } catch {
        found.set(parseInt(address[1], 16), null);
      }
    }
    return found;
  }

  /** All that is sent: a fixed word, digits of base64, digits of an address. */
  function setComment(address, text) {
    r2.cmd('CC- @ ' + hex(address));
    if (text !== '') r2.cmd('CCu base64:' + encode(text) + ' @ ' + hex(address));
  }

  function run(action) {
    const data = JSON.parse(decode(DATA));
    if (!ACTIONS.includes(action))
      return say('binscribe: ' + action + ': one of ' + ACTIONS.join(', ') + ' expected');
    const hashes = ask('itj');
    if (hashes && hashes.sha256 && hashes.sha256 !== data.sha256) {
      return say('binscribe: this is not the file that was explained (' + data.path + '): nothing done');
    }
    const info = ask('ij');
    const base =
      info && info.bin && typeof info.bin.baddr === 'number' ? info.bin.baddr : parseInt(data.base, 16);
    const offset = base - parseInt(data.base, 16);
    const functions = new Set((ask('aflj') || []).map(addressOf));
    const comments = allComments();
    const sections = (ask('iSSj') || []).filter((segment) => segment.vsize > 0);
    const isMapped = (address) =>
      sections.length === 0 ||
      sections.some(({ vaddr, vsize }) => address >= vaddr && address < vaddr + vsize);
    let changed = 0;
    let same = 0;
    let skipped = 0;
    for (const [text, line] of data.comments) {
      const address = parseInt(text, 16) + offset;
      if (!isMapped(address)) {
        skipped++;
        say(hex(address) + ': skipped, nothing lies here');
        continue;
      }
      const now = comments.has(address) ? comments.get(address) : '';
      if (now === null) {
        skipped++;
        say(hex(address) + ': skipped, the comment here is no text');
        continue;
      }
      const then = action === 'remove' ? withoutOurs(now) : withOurs(now, line);
      if (now === then) {
        same++;
        continue;
      }
      changed++;
      if (action !== 'list') setComment(address, then);
      const note = functions.has(address) ? '' : ' (no function is defined here: a comment on the line)';
      say(hex(address) + ': ' + (action === 'remove' ? 'removed' : line) + note);
    }
    const done = { list: 'would be added or changed', add: 'added or changed', remove: 'removed' }[action];
    say(
      'binscribe: ' +
        changed +
        ' comments ' +
        done +
        ', ' +
        same +
        ' as they should be, ' +
        skipped +
        ' skipped',
    );
    if (action === 'list')
      say('binscribe: this was a list only; see the first lines of the script for add and remove');
  }

  // Without a value radare2 answers with an empty line.
  run(r2.cmd('%BINSCRIBE').trim() || 'list');
})();
