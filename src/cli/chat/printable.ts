/** A study's report with every text of strangers made something that can be shown: one line, and not too long. */

import { sanitize } from '../../explain/sanitize.ts';
import type { RowKey } from '../../tasks/chat/sample.ts';
import type { ChatReport, Example } from '../../tasks/chat/study.ts';

/** Characters of a text: its first sentences, a quotation. What a model said in full is in the file of --save. */
const LONGEST_TEXT = 200;
/** Of a name, a path or a version. */
const LONGEST_NAME = 120;
/** Of a failure's reason, of which the server may have said a part. */
const LONGEST_REASON = 300;
/** A question is its user's own. */
const LONGEST_QUESTION = 2000;

export function printable(report: ChatReport): ChatReport {
  const { dataset, asked, packages, good, bad, failures } = report;
  return {
    ...report,
    dataset: { ...dataset, name: name(dataset.name) },
    asked: asked && {
      ...asked,
      model: name(asked.model),
      url: name(asked.url),
      question: sanitize(asked.question, LONGEST_QUESTION),
    },
    packages: packages.map((one) => ({ ...one, package: name(one.package) })),
    good: good.map(exampleOf),
    bad: bad.map(exampleOf),
    failures: failures.map((one) => ({
      row: keyOf(one.row),
      name: name(one.name),
      reason: sanitize(one.reason, LONGEST_REASON),
    })),
  };
}

function exampleOf(example: Example): Example {
  const { row, human, said } = example;
  return {
    ...example,
    row: keyOf(row),
    name: name(example.name),
    human: sanitize(human, LONGEST_TEXT),
    said: Object.fromEntries(Object.entries(said).map(([way, text]) => [way, sanitize(text, LONGEST_TEXT)])),
  };
}

function keyOf(row: RowKey): RowKey {
  const { package: from, version, compiler, binary } = row;
  return {
    ...row,
    package: name(from),
    version: name(version),
    compiler: name(compiler),
    binary: name(binary),
  };
}

/** Names of packages and data sets stand between backquotes in a table. */
function name(text: string): string {
  return sanitize(text, LONGEST_NAME).replace(/[`|]/g, '_');
}
