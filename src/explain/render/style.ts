/** How text looks, told by the edge: colours on a terminal, nothing in a file. */

type Paint = (text: string) => string;

/** One paint for each meaning, so that a renderer says what a text is and never which colour it has. */
export interface Style {
  /** The file and the headings of columns. */
  heading: Paint;
  /** A name that is certain: from the file itself. */
  known: Paint;
  /** A name that the model suggests. */
  suggested: Paint;
  /** What can be skipped on a first reading. */
  faint: Paint;
  /** What needs attention: something is missing. */
  warning: Paint;
}

const asItIs: Paint = (text) => text;

export const PLAIN: Style = {
  heading: asItIs,
  known: asItIs,
  suggested: asItIs,
  faint: asItIs,
  warning: asItIs,
};
