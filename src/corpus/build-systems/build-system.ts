/** The seam for ways of building a package: each is a shell script for the sandbox, run in the source's root. */

export interface BuildSystem {
  name: string;
  /** @param files names in the root of the source tree. */
  recognises(files: ReadonlySet<string>): boolean;
  /** Once a compiler: looks at the machine. The tree that it leaves is shared by all levels. */
  configure: string;
  /**
   * Once a level. `cc` and `c++` on PATH are the compiler with `-g` and the level. What it can make it makes, though
   * something else of the package fails: documentation often does, for want of tools.
   */
  build: string;
}
