/** A report in the form that was asked for. */

import { csvRows, renderCsv } from '../explain/render/csv.ts';
import { CodePacker } from '../explain/render/html/payload.ts';
import { renderHtml } from '../explain/render/html/report.ts';
import { renderJson } from '../explain/render/json.ts';
import { renderScript } from '../explain/render/scripts/script.ts';
import type { Report } from '../explain/schema.ts';
import type { Format } from './formats.ts';

/** What `explain` has to give for a format besides the report. */
export function extrasFor(format: Format): { codes?: CodePacker; map: boolean } {
  return format === 'html' ? { codes: new CodePacker(), map: true } : { map: false };
}

/**
 * A report in a format other than text.
 * @param first whether it is the first of its table
 */
export function renderAs(
  format: Exclude<Format, 'text'>,
  report: Report,
  codes: CodePacker | undefined,
  first: boolean,
): Iterable<string> {
  switch (format) {
    case 'json':
      return renderJson(report);
    case 'html':
      return renderHtml(report, codes);
    case 'csv':
      return first ? renderCsv([report]) : csvRows(report);
    default:
      return [renderScript(report, format)];
  }
}
