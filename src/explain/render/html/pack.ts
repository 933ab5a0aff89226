/** Documents packed into a page: deflate and base64, which the browser opens by itself. */

import { zlibSync } from 'fflate';

/** Arguments of one call: engines bound them, the smallest at 65,536. */
const CALL = 32_768;
/** Of 0 to 9: beyond this the page shrinks by a hundredth and takes twice as long. */
const LEVEL = 6;

/** A document as letters of base64, which need no escaping anywhere in a page. */
export function pack(document: unknown): string {
  return base64(zlibSync(new TextEncoder().encode(JSON.stringify(document)), { level: LEVEL }));
}

/** @returns `bytes` in base64, with padding */
export function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += CALL) {
    text += String.fromCharCode(...bytes.subarray(at, at + CALL));
  }
  return btoa(text);
}
