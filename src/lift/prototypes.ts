/** What functions of the C library take and give back, for calls of which machine code shows only registers. */

/**
 * A letter a value: `v` nothing, `b` signed char, `i` int, `u` unsigned, `l` long, `z` unsigned long, `s` char pointer,
 * `p` any pointer, `d` double, `f` float. A point at the end stands for more, by the format that the last letter is.
 */
const SIGNATURES: Readonly<Record<string, string>> = {
  printf: 'i:s.',
  scanf: 'i:s.',
  fprintf: 'i:ps.',
  sprintf: 'i:ss.',
  snprintf: 'i:szs.',
  sscanf: 'i:ss.',
  puts: 'i:s',
  putchar: 'i:i',
  getchar: 'i:',
  fputs: 'i:sp',
  fputc: 'i:ip',
  putc: 'i:ip',
  fgets: 's:sip',
  fflush: 'i:p',
  fopen: 'p:ss',
  fclose: 'i:p',
  fgetc: 'i:p',
  getc: 'i:p',
  ungetc: 'i:ip',
  feof: 'i:p',
  fread: 'z:pzzp',
  fwrite: 'z:pzzp',
  fseek: 'i:pli',
  ftell: 'l:p',
  perror: 'v:s',
  remove: 'i:s',
  rename: 'i:ss',
  strlen: 'z:s',
  strnlen: 'z:sz',
  strcpy: 's:ss',
  stpcpy: 's:ss',
  strncpy: 's:ssz',
  strcat: 's:ss',
  strncat: 's:ssz',
  strcmp: 'i:ss',
  strncmp: 'i:ssz',
  strcasecmp: 'i:ss',
  strncasecmp: 'i:ssz',
  strchr: 's:si',
  strrchr: 's:si',
  strstr: 's:ss',
  strpbrk: 's:ss',
  strspn: 'z:ss',
  strcspn: 'z:ss',
  strtok: 's:ss',
  strtok_r: 's:ssp',
  strdup: 's:s',
  strndup: 's:sz',
  strerror: 's:i',
  memcpy: 'p:ppz',
  memmove: 'p:ppz',
  memset: 'p:piz',
  memcmp: 'i:ppz',
  memchr: 'p:piz',
  malloc: 'p:z',
  calloc: 'p:zz',
  realloc: 'p:pz',
  free: 'v:p',
  abs: 'i:i',
  labs: 'l:l',
  atoi: 'i:s',
  atol: 'l:s',
  atof: 'd:s',
  strtol: 'l:spi',
  strtoul: 'z:spi',
  strtoll: 'l:spi',
  strtoull: 'z:spi',
  strtod: 'd:sp',
  qsort: 'v:pzzp',
  bsearch: 'p:ppzzp',
  rand: 'i:',
  srand: 'v:u',
  random: 'l:',
  exit: 'v:i',
  _exit: 'v:i',
  abort: 'v:',
  getenv: 's:s',
  system: 'i:s',
  time: 'l:p',
  clock: 'l:',
  toupper: 'i:i',
  tolower: 'i:i',
  isalpha: 'i:i',
  isdigit: 'i:i',
  isalnum: 'i:i',
  isspace: 'i:i',
  isupper: 'i:i',
  islower: 'i:i',
  ispunct: 'i:i',
  isxdigit: 'i:i',
  isprint: 'i:i',
  iscntrl: 'i:i',
  isgraph: 'i:i',
  __ctype_b_loc: 'p:',
  __ctype_tolower_loc: 'p:',
  __ctype_toupper_loc: 'p:',
  __errno_location: 'p:',
  __assert_fail: 'v:ssus',
  __stack_chk_fail: 'v:',
  open: 'i:si',
  close: 'i:i',
  read: 'l:ipz',
  write: 'l:ipz',
  sleep: 'u:u',
  getpid: 'i:',
  lround: 'l:d',
  lroundf: 'l:f',
  llround: 'l:d',
  lrint: 'l:d',
  gettext: 's:s',
  dgettext: 's:ss',
  dcgettext: 's:ssi',
  ngettext: 's:ssz',
  setlocale: 's:is',
  strcoll: 'i:ss',
  fputs_unlocked: 'i:sp',
  fputc_unlocked: 'i:ip',
  putchar_unlocked: 'i:i',
  fwrite_unlocked: 'z:pzzp',
  fflush_unlocked: 'i:p',
  __overflow: 'i:pi',
  __uflow: 'i:p',
  isatty: 'i:i',
  difftime: 'd:ll',
  strtoimax: 'l:spi',
  strtoumax: 'z:spi',
  clearerr_unlocked: 'v:p',
  fileno_unlocked: 'i:p',
  __ctype_get_mb_cur_max: 'z:',
  killpg: 'i:ii',
  sigdelset: 'i:pi',
  iswlower: 'i:u',
  iswupper: 'i:u',
  iswalpha: 'i:u',
  iswdigit: 'i:u',
  iswpunct: 'i:u',
  mkdtemp: 's:s',
  fdopen: 'p:is',
  freopen: 'p:ssp',
  fseeko: 'i:pli',
  ftello: 'l:p',
  rewind: 'v:p',
  setvbuf: 'i:psiz',
  ferror: 'i:p',
  clearerr: 'v:p',
  pclose: 'i:p',
  popen: 'p:ss',
  tmpfile: 'p:',
  getline: 'l:ppp',
  getdelim: 'l:ppip',
  vprintf: 'i:sp',
  vfprintf: 'i:psp',
  vsprintf: 'i:ssp',
  vsnprintf: 'i:szsp',
  flockfile: 'v:p',
  funlockfile: 'v:p',
  putc_unlocked: 'i:ip',
  getc_unlocked: 'i:p',
  getchar_unlocked: 'i:',
  fread_unlocked: 'z:pzzp',
  feof_unlocked: 'i:p',
  ferror_unlocked: 'i:p',
  strxfrm: 'z:ssz',
  strsignal: 's:i',
  stpncpy: 's:ssz',
  strsep: 's:ps',
  memccpy: 'p:ppiz',
  setenv: 'i:ssi',
  unsetenv: 'i:s',
  putenv: 'i:s',
  mkstemp: 'i:s',
  realpath: 's:ss',
  atexit: 'i:p',
  strtof: 'f:sp',
  drand48: 'd:',
  srandom: 'v:u',
  posix_memalign: 'i:pzz',
  reallocarray: 'p:pzz',
  mktime: 'l:p',
  localtime: 'p:p',
  gmtime: 'p:p',
  strftime: 'z:szsp',
  localtime_r: 'p:pp',
  gmtime_r: 'p:pp',
  clock_gettime: 'i:ip',
  nanosleep: 'i:pp',
  tzset: 'v:',
  creat: 'i:su',
  access: 'i:si',
  chdir: 'i:s',
  fchdir: 'i:i',
  chown: 'i:suu',
  fchown: 'i:iuu',
  dup: 'i:i',
  dup2: 'i:ii',
  fork: 'i:',
  fsync: 'i:i',
  ftruncate: 'i:il',
  getcwd: 's:sz',
  getegid: 'u:',
  geteuid: 'u:',
  getgid: 'u:',
  getuid: 'u:',
  getppid: 'i:',
  gethostname: 'i:sz',
  link: 'i:ss',
  symlink: 'i:ss',
  unlink: 'i:s',
  rmdir: 'i:s',
  lseek: 'l:ili',
  pipe: 'i:p',
  pread: 'l:ipzl',
  pwrite: 'l:ipzl',
  readlink: 'l:ssz',
  readlinkat: 'l:issz',
  unlinkat: 'i:isi',
  sysconf: 'l:i',
  execv: 'i:sp',
  execve: 'i:spp',
  execvp: 'i:sp',
  setuid: 'i:u',
  setgid: 'i:u',
  getpagesize: 'i:',
  ttyname: 's:i',
  alarm: 'u:u',
  usleep: 'i:u',
  signal: 'p:ip',
  raise: 'i:i',
  kill: 'i:ii',
  sigaction: 'i:ipp',
  sigprocmask: 'i:ipp',
  sigemptyset: 'i:p',
  sigaddset: 'i:pi',
  sigismember: 'i:pi',
  sigfillset: 'i:p',
  stat: 'i:sp',
  fstat: 'i:ip',
  lstat: 'i:sp',
  fstatat: 'i:ispi',
  chmod: 'i:su',
  fchmod: 'i:iu',
  mkdir: 'i:su',
  mkdirat: 'i:isu',
  umask: 'u:u',
  mbrtowc: 'z:pszp',
  wcrtomb: 'z:sip',
  mbsinit: 'i:p',
  btowc: 'u:i',
  wcwidth: 'i:i',
  wcslen: 'z:p',
  iswprint: 'i:u',
  iswalnum: 'i:u',
  iswspace: 'i:u',
  iswctype: 'i:uz',
  towlower: 'u:u',
  towupper: 'u:u',
  fileno: 'i:p',
};

/** Of doubles; with an `f` at the end of floats. */
const MATHEMATICS: Readonly<Record<number, string>> = {
  1: 'sqrt cbrt floor ceil round trunc rint nearbyint fabs sin cos tan asin acos atan sinh cosh tanh exp exp2 expm1 log log2 log10 log1p',
  2: 'pow fmod fmin fmax hypot atan2 remainder fdim copysign',
};

/** Names by which headers call others, with what the same are called in C. */
const ALIASES: Readonly<Record<string, string>> = {
  __isoc99_scanf: 'scanf',
  __isoc99_sscanf: 'sscanf',
  __isoc23_strtol: 'strtol',
  _IO_getc: 'getc',
  _IO_putc: 'putc',
};

/**
 * What headers call instead where _FORTIFY_SOURCE asks for checks (LSB, "Interfaces for libc"): the call that stands in the
 * source, what machine code gives, and which of that are not in the source.
 */
const CHECKED: Readonly<Record<string, readonly [name: string, signature: string, ...dropped: number[]]>> = {
  __printf_chk: ['printf', 'i:is.', 0],
  __fprintf_chk: ['fprintf', 'i:pis.', 1],
  __sprintf_chk: ['sprintf', 'i:sizs.', 1, 2],
  __snprintf_chk: ['snprintf', 'i:szizs.', 2, 3],
  __memcpy_chk: ['memcpy', 'p:ppzz', 3],
  __memmove_chk: ['memmove', 'p:ppzz', 3],
  __memset_chk: ['memset', 'p:pizz', 3],
  __strcpy_chk: ['strcpy', 's:ssz', 2],
  __stpcpy_chk: ['stpcpy', 's:ssz', 2],
  __strcat_chk: ['strcat', 's:ssz', 2],
  __strncpy_chk: ['strncpy', 's:sszz', 3],
  __strncat_chk: ['strncat', 's:sszz', 3],
  __fgets_chk: ['fgets', 's:szip', 1],
  __read_chk: ['read', 'l:ipzz', 3],
};

export interface Prototype {
  readonly name: string;
  /** A letter, see `SIGNATURES`. */
  readonly result: string;
  readonly parameters: string;
  /** Its last parameter is a format, after which come what it asks for. */
  readonly format: boolean;
  /** Places of arguments that machine code gives and the source does not. */
  readonly dropped: readonly number[];
}

const KNOWN = new Map<string, Prototype>();
for (const [name, signature] of Object.entries(SIGNATURES)) addPrototype(name, signature);
for (const [count, names] of Object.entries(MATHEMATICS)) {
  for (const name of names.split(' ')) {
    addPrototype(name, `d:${'d'.repeat(Number(count))}`);
    addPrototype(`${name}f`, `f:${'f'.repeat(Number(count))}`);
  }
}

for (const [name, [plain, signature, ...dropped]] of Object.entries(CHECKED)) {
  addPrototype(name, signature, plain, dropped);
}

/** @param plain what the source calls it */
function addPrototype(name: string, signature: string, plain = name, dropped: readonly number[] = []): void {
  const [result, parameters] = signature.split(':');
  KNOWN.set(name, {
    name: plain,
    dropped,
    result,
    parameters: parameters.replace('.', ''),
    format: parameters.endsWith('.'),
  });
}

export function prototypeOf(name: string): Prototype | undefined {
  return KNOWN.get(ALIASES[name] ?? name);
}

/** Letters of what a format of `printf` or `scanf` takes; undefined where it has what we do not know. */
export function formatParameters(format: string, reads: boolean): string | undefined {
  let letters = '';
  for (const [all, width, precision, length, conversion] of format.matchAll(
    /%(?:%|[-+ #0]*(\*|\d+)?(?:\.(\*|\d+)?)?(hh|h|ll|l|z|j|t|L)?(\[\^?\]?[^\]]*\]|[a-zA-Z]))/g,
  )) {
    if (all === '%%') continue;
    if (reads) {
      if (width !== '*') letters += 'p';
      continue;
    }
    if (width === '*') letters += 'i';
    if (precision === '*') letters += 'i';
    if (length === 'L') return undefined;
    const wide = length === 'l' || length === 'll' || length === 'z' || length === 'j' || length === 't';
    if ('di'.includes(conversion)) letters += wide ? 'l' : 'i';
    else if ('uxXo'.includes(conversion)) letters += wide ? 'z' : 'u';
    else if (conversion === 'c') letters += 'i';
    else if (conversion === 's') letters += 's';
    else if (conversion === 'p') letters += 'p';
    else if ('fFeEgGaA'.includes(conversion)) letters += 'd';
    else return undefined;
  }
  return letters;
}
