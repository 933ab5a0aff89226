/** The licence of a manual page, where the page says it. */

/** As an SPDX identifier in a comment, or by the name that man-pages used before. */
const IN_COMMENT =
  /^[.']\\"[ \t]*(?:SPDX-License-Identifier:[ \t]*([\w.+-]+(?: (?:AND|OR|WITH) [\w.+-]+)*)|%%%LICENSE_START\(([\w.+-]+)\))/m;
/** As OpenSSL's pages have it in their last section. */
const APACHE = /^Licensed under the Apache License 2\.0\b/m;

/** @returns null for a page that says nothing that we know */
export function readLicence(page: string): string | null {
  const said = IN_COMMENT.exec(page);
  if (said) return said[1] ?? said[2];
  return APACHE.test(page) ? 'Apache-2.0' : null;
}
