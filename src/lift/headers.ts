/** In which header of C a function is declared. */

const HEADERS: Readonly<Record<string, string>> = {
  'stdio.h':
    'printf scanf fprintf sprintf snprintf sscanf puts putchar getchar fputs fputc putc fgets fflush fopen fclose fgetc getc fdopen freopen fseeko ftello rewind setvbuf ferror clearerr pclose popen tmpfile fileno getline getdelim __overflow __uflow clearerr_unlocked fileno_unlocked putchar_unlocked putc_unlocked getc_unlocked getchar_unlocked fputc_unlocked fwrite_unlocked fread_unlocked fflush_unlocked feof_unlocked ferror_unlocked vprintf vfprintf vsprintf vsnprintf flockfile funlockfile ungetc feof fread fwrite fseek ftell perror remove rename',
  'string.h':
    'strlen strnlen strcpy stpcpy strncpy strcat strncat strcmp strncmp strchr strrchr strstr strpbrk strspn strcspn strtok strtok_r strdup strndup strerror memcpy memmove memset memcmp memchr strcoll strxfrm strsignal stpncpy strsep memccpy',
  'signal.h':
    'signal raise kill killpg sigdelset sigaction sigprocmask sigemptyset sigaddset sigismember sigfillset',
  'sys/stat.h': 'stat fstat lstat fstatat chmod fchmod mkdir umask mkdirat',
  'wchar.h': 'mbrtowc wcwidth wcslen mbsinit wcrtomb btowc',
  'wctype.h':
    'iswlower iswupper iswalpha iswdigit iswpunct iswprint iswalnum iswspace iswctype towlower towupper',
  'strings.h': 'strcasecmp strncasecmp',
  'stdlib.h':
    'malloc calloc realloc free abs labs atoi atol atof strtol strtoul strtoll strtoull strtod qsort bsearch rand srand random exit abort getenv system __ctype_get_mb_cur_max setenv unsetenv putenv mkstemp mkdtemp realpath atexit strtof drand48 srandom posix_memalign reallocarray',
  'ctype.h':
    'toupper tolower isalpha isdigit isalnum isspace isupper islower ispunct isxdigit isprint iscntrl isgraph __ctype_b_loc __ctype_tolower_loc __ctype_toupper_loc',
  'errno.h': '__errno_location',
  'time.h':
    'time clock difftime mktime localtime gmtime strftime localtime_r gmtime_r clock_gettime nanosleep tzset',
  'fcntl.h': 'open creat fcntl openat',
  'unistd.h':
    'close read write sleep getpid _exit isatty access chdir fchdir chown fchown dup dup2 fork fsync ftruncate getcwd getegid geteuid getgid getuid getppid gethostname link symlink unlink rmdir lseek pipe pread pwrite readlink readlinkat unlinkat sysconf execv execve execvp setuid setgid getpagesize ttyname alarm usleep',
  'libintl.h': 'gettext dgettext dcgettext ngettext',
  'locale.h': 'setlocale',
  'math.h':
    'sqrt cbrt floor ceil round trunc rint nearbyint fabs sin cos tan asin acos atan sinh cosh tanh exp exp2 expm1 log log2 log10 log1p pow fmod fmin fmax hypot atan2 remainder fdim copysign lround llround lrint',
};

const FOUND = new Map<string, string>();
for (const [header, names] of Object.entries(HEADERS)) {
  for (const name of names.split(' ')) {
    FOUND.set(name, header);
    if (header === 'math.h') FOUND.set(`${name}f`, header);
  }
}

export function headerOf(name: string): string | undefined {
  return FOUND.get(name);
}
