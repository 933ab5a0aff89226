/** Rows of a data set: each code block of a question and its answer, with the text that explains it. */

import { readBody, type Body } from './html.ts';
import { languageOf } from './language.ts';
import type { SourceLanguage } from '../fragments/candidates.ts';
import type { QuestionAndAnswer } from './partitions.ts';
import type { Post, PostCredit } from './post.ts';

export interface PostRow {
  question: PostCredit;
  answer: PostCredit;
  /** Whether the asker accepted the answer; otherwise it is the best-scored. */
  accepted: boolean;
  tags: string[];
  title: string;
  /** Prose without code blocks, markup stripped. */
  questionText: string;
  answerText: string;
  /** Which of the two posts has the code: its author and licence are the code's. */
  place: 'question' | 'answer';
  /** Number of the block in its post, from 0. */
  block: number;
  code: string;
  language: SourceLanguage;
}

/** The blocks in C, C++ and assembly, those of the question first. */
export function rowsOf({ question, answer }: QuestionAndAnswer): PostRow[] {
  const questionBody = readBody(question.body);
  const answerBody = readBody(answer.body);
  const common = {
    question: creditOf(question),
    answer: creditOf(answer),
    accepted: question.acceptedId === answer.id,
    tags: question.tags,
    title: question.title,
    questionText: questionBody.text,
    answerText: answerBody.text,
  };
  const rowsIn = (body: Body, place: PostRow['place']): PostRow[] =>
    body.blocks.flatMap((block, index) => {
      const language = languageOf(block, question.tags);
      if (language === 'other' || block.code === '') return [];
      return [{ ...common, place, block: index, code: block.code, language }];
    });
  return [...rowsIn(questionBody, 'question'), ...rowsIn(answerBody, 'answer')];
}

function creditOf({ id, authorId, authorName, licence, created, edited, score }: Post): PostCredit {
  return { id, authorId, authorName, licence, created, edited, score };
}
