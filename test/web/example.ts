/** Runs in the page of docs/page: chooses a program as a reader would, and hands the answer to the test. */

// Pages have these; Node, whose types the tests are checked with, has not.
interface Choice {
  readonly disabled: boolean;
  files: unknown;
  dispatchEvent(event: Event): boolean;
}
interface Page {
  document: { querySelector(selector: string): (Choice & { textContent: string }) | null };
  DataTransfer: new () => { readonly items: { add(file: File): void }; readonly files: unknown };
}

/** @param program where the server has it. @returns What the page shows. */
export async function report(program: string): Promise<string> {
  const { document, DataTransfer } = globalThis as unknown as Page;
  const name = program.slice(program.lastIndexOf('/') + 1);
  const choice = new DataTransfer();
  choice.items.add(new File([await (await fetch(program)).blob()], name));
  const input = document.querySelector('#program')!;
  const answer = document.querySelector('#answer')!;
  const pause = () => new Promise((resolve) => setTimeout(resolve, 20));
  while (input.disabled) await pause();
  const before = answer.textContent;
  input.files = choice.files;
  input.dispatchEvent(new Event('change'));
  while (answer.textContent === before) await pause();
  return answer.textContent;
}
