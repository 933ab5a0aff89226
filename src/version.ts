/** The version of this package. The core reads no files, so it stands here; a test compares it with package.json. */
export const VERSION = '0.1.0';
