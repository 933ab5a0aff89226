/** Which standard headers a piece of C or C++ needs, by the names that it uses. */

import type { Token } from './lex.ts';

/** What the headers declare, of what posts use: ISO C, POSIX. */
const C_HEADERS: Readonly<Record<string, string>> = {
  'stdio.h':
    'printf fprintf sprintf snprintf vprintf vfprintf vsnprintf scanf fscanf sscanf puts fputs putchar putc fputc gets ' +
    'fgets getchar getc fgetc ungetc fopen fdopen freopen fclose fread fwrite fseek ftell rewind fflush feof ferror ' +
    'perror remove rename tmpfile getline popen pclose setvbuf fileno FILE stdin stdout stderr EOF BUFSIZ SEEK_SET ' +
    'SEEK_CUR SEEK_END',
  'stdlib.h':
    'malloc calloc realloc free exit abort atexit atoi atol atof strtol strtoul strtoll strtod rand srand qsort bsearch ' +
    'abs labs getenv setenv system EXIT_SUCCESS EXIT_FAILURE RAND_MAX div random srandom mkstemp',
  'string.h':
    'strlen strcpy strncpy strcat strncat strcmp strncmp strchr strrchr strstr strtok strtok_r strdup strndup strspn ' +
    'strcspn strpbrk strerror memcpy memmove memset memcmp memchr strcasecmp strncasecmp',
  'math.h':
    'sqrt pow sin cos tan asin acos atan atan2 exp log log10 log2 floor ceil fabs fmod round trunc lround hypot cbrt ' +
    'isnan isinf M_PI M_E HUGE_VAL INFINITY NAN sqrtf sinf cosf fmin fmax',
  'ctype.h': 'isalpha isdigit isalnum isspace isupper islower ispunct isxdigit isprint toupper tolower',
  'stdint.h':
    'int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t uintptr_t intptr_t uintmax_t intmax_t ' +
    'UINT8_MAX UINT16_MAX UINT32_MAX UINT64_MAX INT32_MAX INT64_MAX SIZE_MAX',
  'inttypes.h': 'PRIu64 PRId64 PRIx64 PRIu32 PRId32',
  'stddef.h': 'NULL size_t ptrdiff_t offsetof wchar_t',
  'stdarg.h': 'va_list va_start va_end va_arg va_copy',
  'time.h':
    'time clock time_t clock_t CLOCKS_PER_SEC localtime gmtime mktime strftime difftime nanosleep clock_gettime timespec',
  'errno.h': 'errno ENOENT EINTR EAGAIN EINVAL ENOMEM EEXIST EACCES ERANGE',
  'limits.h':
    'INT_MAX INT_MIN UINT_MAX LONG_MAX LONG_MIN CHAR_BIT CHAR_MAX SHRT_MAX ULONG_MAX PATH_MAX LLONG_MAX',
  'float.h': 'FLT_MAX DBL_MAX FLT_EPSILON DBL_EPSILON FLT_MIN DBL_MIN',
  'assert.h': 'assert static_assert',
  'signal.h':
    'signal raise sigaction sigemptyset kill SIGINT SIGTERM SIGSEGV SIGKILL SIGCHLD SIG_IGN SIG_DFL sig_atomic_t',
  'setjmp.h': 'setjmp longjmp jmp_buf',
  'locale.h': 'setlocale LC_ALL LC_CTYPE',
  'wchar.h': 'wcslen wcscpy wcscmp wprintf fgetws mbstowcs',
  'unistd.h':
    'read write close fork execl execv execvp execlp execve pipe dup dup2 sleep usleep getpid getppid getcwd chdir ' +
    'unlink lseek access isatty sysconf getopt optarg optind STDIN_FILENO STDOUT_FILENO ssize_t pid_t _exit ftruncate',
  'fcntl.h': 'open fcntl O_RDONLY O_WRONLY O_RDWR O_CREAT O_TRUNC O_NONBLOCK F_SETFL F_GETFL',
  'sys/types.h': 'off_t mode_t uid_t gid_t u_int',
  'sys/stat.h': 'stat fstat lstat mkdir chmod S_ISDIR S_ISREG S_IRUSR S_IWUSR',
  'sys/time.h': 'gettimeofday timeval',
  'sys/wait.h': 'wait waitpid WIFEXITED WEXITSTATUS WNOHANG',
  'sys/socket.h':
    'socket bind listen accept connect send recv sendto recvfrom setsockopt sockaddr socklen_t AF_INET SOCK_STREAM ' +
    'SOCK_DGRAM PF_INET SOL_SOCKET AF_UNIX',
  'netinet/in.h':
    'sockaddr_in in_addr htons htonl ntohs ntohl INADDR_ANY IPPROTO_TCP IPPROTO_UDP sockaddr_in6',
  'arpa/inet.h': 'inet_addr inet_ntoa inet_pton inet_ntop',
  'netdb.h': 'gethostbyname getaddrinfo freeaddrinfo hostent addrinfo',
  'sys/select.h': 'select fd_set FD_SET FD_ZERO FD_ISSET',
  'sys/mman.h': 'mmap munmap mprotect PROT_READ PROT_WRITE MAP_SHARED MAP_PRIVATE MAP_FAILED',
  'sys/ioctl.h': 'ioctl TIOCGWINSZ winsize',
  'termios.h': 'termios tcgetattr tcsetattr TCSANOW ICANON ECHO',
  'dirent.h': 'opendir readdir closedir dirent DIR',
  'dlfcn.h': 'dlopen dlsym dlclose dlerror RTLD_LAZY RTLD_NOW',
  'pthread.h':
    'pthread_t pthread_create pthread_join pthread_mutex_t pthread_mutex_lock pthread_mutex_unlock pthread_exit ' +
    'pthread_cond_t pthread_cond_wait pthread_self PTHREAD_MUTEX_INITIALIZER',
  'semaphore.h': 'sem_t sem_init sem_wait sem_post',
  'x86intrin.h': '__m128 __m128i __m128d __m256 __m256i _mm_add_ps _mm_loadu_si128 _mm_set1_ps __rdtsc',
};

/** Of C alone: words of the language itself in C++. */
const ONLY_C_HEADERS: Readonly<Record<string, string>> = {
  'stdbool.h': 'bool true false',
  'complex.h': 'creal cimag',
};

const CPP_HEADERS: Readonly<Record<string, string>> = {
  iostream: 'cout cin cerr clog endl',
  string: 'string wstring to_string stoi stod getline npos',
  vector: 'vector',
  map: 'map multimap',
  set: 'set multiset',
  unordered_map: 'unordered_map unordered_multimap',
  unordered_set: 'unordered_set',
  list: 'list',
  deque: 'deque',
  queue: 'queue priority_queue',
  stack: 'stack',
  array: 'array',
  tuple: 'tuple make_tuple tie',
  utility: 'pair make_pair move forward swap declval',
  algorithm:
    'sort stable_sort find find_if copy transform for_each max min max_element min_element reverse unique remove_if ' +
    'remove count count_if fill lower_bound upper_bound binary_search next_permutation random_shuffle shuffle equal',
  numeric: 'accumulate iota inner_product partial_sum',
  iterator: 'back_inserter ostream_iterator istream_iterator inserter advance distance iterator_traits',
  functional:
    'function bind hash less greater mem_fn plus bind1st bind2nd placeholders ref cref unary_function',
  memory: 'unique_ptr shared_ptr weak_ptr make_shared make_unique auto_ptr allocator enable_shared_from_this',
  fstream: 'ifstream ofstream fstream',
  sstream: 'stringstream ostringstream istringstream',
  iomanip: 'setw setprecision setfill fixed hex',
  stdexcept: 'runtime_error logic_error out_of_range invalid_argument',
  exception: 'exception terminate exception_ptr',
  typeinfo: 'typeid type_info',
  type_traits:
    'enable_if is_same is_base_of true_type false_type decay remove_reference is_integral conditional',
  limits: 'numeric_limits',
  bitset: 'bitset',
  complex: 'complex',
  valarray: 'valarray',
  random: 'mt19937 random_device uniform_int_distribution uniform_real_distribution default_random_engine',
  chrono: 'chrono high_resolution_clock steady_clock system_clock duration_cast milliseconds',
  thread: 'thread this_thread',
  mutex: 'mutex lock_guard unique_lock recursive_mutex',
  condition_variable: 'condition_variable',
  atomic: 'atomic',
  future: 'future promise async packaged_task',
  regex: 'regex smatch regex_match regex_search',
  initializer_list: 'initializer_list',
  optional: 'optional nullopt',
  variant: 'variant',
  string_view: 'string_view',
};

type Index = ReadonlyMap<string, string>;

const indexOf = (headers: Readonly<Record<string, string>>): Index =>
  new Map(
    Object.entries(headers).flatMap(([header, names]) => names.split(' ').map((name) => [name, header])),
  );

const C_INDEX = indexOf(C_HEADERS);
const ONLY_C_INDEX = indexOf(ONLY_C_HEADERS);
const CPP_INDEX = indexOf(CPP_HEADERS);

/** Headers that a block lacks, in the order of the tables, so that the same block gives the same text. */
export function missingIncludes(tokens: readonly Token[], language: 'c' | 'c++'): string[] {
  const own = new Set(tokens.flatMap(({ kind, text }) => (kind === 'directive' ? includedBy(text) : [])));
  const needed = new Set<string>();
  for (const [i, { kind, text }] of tokens.entries()) {
    if (kind === 'directive') continue;
    const before = tokens[i - 1]?.text;
    // A member's name is not the library's.
    if (kind !== 'word' || before === '.' || before === '->' || isDefinedHere(tokens, i)) continue;
    const standard = language === 'c++' ? CPP_INDEX.get(text) : ONLY_C_INDEX.get(text);
    const header = standard ?? C_INDEX.get(text);
    if (header !== undefined && !own.has(header)) needed.add(header);
  }
  const order = [...Object.keys(C_HEADERS), ...Object.keys(ONLY_C_HEADERS), ...Object.keys(CPP_HEADERS)];
  return order.filter((header) => needed.has(header));
}

/** Standard names of C++ that a block uses as if it had said `using namespace std`. */
export function usesBareStandardNames(tokens: readonly Token[]): boolean {
  return tokens.some(({ kind, text }, i) => {
    const before = tokens[i - 1]?.text;
    return kind === 'word' && CPP_INDEX.has(text) && before !== '::' && before !== '.' && before !== '->';
  });
}

function includedBy(directive: string): string[] {
  const name = /^#\s*include\s*[<"]([^>"\n]*)/.exec(directive)?.[1];
  return name === undefined ? [] : [name];
}

/** `int max(`, `struct list`: a block that defines a name of the library's means its own. */
function isDefinedHere(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1];
  if (before?.kind !== 'word') return false;
  if (
    before.text === 'struct' ||
    before.text === 'class' ||
    before.text === 'enum' ||
    before.text === 'union'
  ) {
    return tokens[at + 1]?.text === '{';
  }
  return tokens[at + 1]?.text === '(' && !/^(return|else|do|case|throw|new|goto)$/.test(before.text);
}
