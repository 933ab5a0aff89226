/** In which header of C a function is declared. */

const HEADERS: Readonly<Record<string, string>> = {
  'stdio.h':
    'printf scanf fprintf sprintf snprintf sscanf puts putchar getchar fputs fputc putc fgets fflush fopen fclose fgetc getc ungetc feof fread fwrite fseek ftell perror remove rename',
  'string.h':
    'strlen strnlen strcpy stpcpy strncpy strcat strncat strcmp strncmp strchr strrchr strstr strpbrk strspn strcspn strtok strtok_r strdup strndup strerror memcpy memmove memset memcmp memchr strcoll',
  'strings.h': 'strcasecmp strncasecmp',
  'stdlib.h':
    'malloc calloc realloc free abs labs atoi atol atof strtol strtoul strtoll strtoull strtod qsort bsearch rand srand random exit abort getenv system',
  'ctype.h':
    'toupper tolower isalpha isdigit isalnum isspace isupper islower ispunct isxdigit isprint iscntrl isgraph __ctype_b_loc __ctype_tolower_loc __ctype_toupper_loc',
  'errno.h': '__errno_location',
  'time.h': 'time clock',
  'fcntl.h': 'open',
  'unistd.h': 'close read write sleep getpid _exit isatty',
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
