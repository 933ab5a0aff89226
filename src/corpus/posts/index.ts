/**
 * Stack Overflow as a source: a dump's `Posts.xml`, of 100 GB and more, becomes rows of code with the text that explains
 * it, and with what its licence asks to be shown.
 *
 * ```ts
 * const source = dumpFile('Posts.xml');
 * const summary = await partitionDump(source, new Set(['c', 'c++', 'assembly']), 'work/posts', key);
 * for (let i = 0; i < summary.firstQuestions.length; i++) {
 *   const rows = (await readPartition('work/posts', i)).flatMap(rowsOf);
 * }
 * ```
 *
 * A partition is the unit of work: it gives the same rows whenever and wherever it is read. Memory is that of one
 * partition and of some 40 bytes a wanted question; the dump is read twice.
 */

export { rowsOf, type PostRow } from './explanations.ts';
export { readBody, type Body, type CodeBlock } from './html.ts';
export { languageOf, type Language } from './language.ts';
export { partitionDump, readPartition, type PartitionSummary, type QuestionAndAnswer } from './partitions.ts';
export { readPost, type Post, type PostCredit } from './post.ts';
export { dumpFile, readRows, type DumpSource } from './reader.ts';
export { Row } from './row.ts';
