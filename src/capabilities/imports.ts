/**
 * What functions of libraries do, in a few words: whoever calls `opendir` reads directories. What stands first tells more:
 * of many capabilities of a function the last ones of this list are left out.
 */

/** Each with the names that do it; one that ends in `*` stands for all that begin so. */
const CAPABILITIES: readonly (readonly [text: string, names: string])[] = [
  ['traces another process', 'ptrace process_vm_readv process_vm_writev'],
  ['encrypts', 'EVP_Encrypt* AES_encrypt AES_cbc_encrypt gcry_cipher_encrypt crypto_secretbox* EVP_SealInit'],
  ['decrypts', 'EVP_Decrypt* AES_decrypt gcry_cipher_decrypt EVP_OpenInit'],
  ['computes digests', 'EVP_Digest* MD5_* SHA1_* SHA224_* SHA256_* SHA384_* SHA512_* HMAC* gcry_md_*'],
  ['hashes passwords', 'crypt crypt_r PKCS5_PBKDF2_HMAC* bcrypt*'],
  ['speaks TLS', 'SSL_* gnutls_*'],
  [
    'compresses data',
    'deflate deflateInit* deflateEnd compress compress2 BZ2_bzCompress* LZ4_compress* ZSTD_compress*',
  ],
  [
    'decompresses data',
    'inflate inflateInit* inflateEnd uncompress* BZ2_bzDecompress* LZ4_decompress* ZSTD_decompress*',
  ],
  ['codes xz streams', 'lzma_*'],
  ['asks a database', 'sqlite3_* PQ* mysql_*'],
  ['transfers by URL', 'curl_*'],
  ['reads XML', 'xml* XML_*'],
  [
    'looks up host names',
    'getaddrinfo gethostbyname gethostbyname2 gethostbyaddr gethostbyname_r getnameinfo',
  ],
  ['connects', 'connect'],
  ['waits for connections', 'listen accept accept4'],
  ['opens sockets', 'socket socketpair'],
  ['binds an address', 'bind'],
  ['sends over the network', 'send sendto sendmsg'],
  ['receives from the network', 'recv recvfrom recvmsg'],
  ['converts network addresses', 'inet_ntop inet_pton inet_ntoa inet_addr inet_aton'],
  ['asks for addresses of a connection', 'getsockname getpeername'],
  ['sets up sockets', 'setsockopt getsockopt shutdown'],
  ['waits for input', 'poll ppoll select pselect epoll_wait epoll_pwait'],
  [
    'runs other programs',
    'execve execvp execv execl execlp execle execvpe fexecve system popen posix_spawn posix_spawnp',
  ],
  ['starts processes', 'fork vfork clone daemon'],
  ['waits for processes', 'wait waitpid wait3 wait4 waitid pclose'],
  ['sends signals', 'kill killpg raise pthread_kill sigqueue'],
  ['handles signals', 'signal sigaction sigsetjmp'],
  ['blocks signals', 'sigprocmask pthread_sigmask sigsuspend'],
  ['makes pipes', 'pipe pipe2'],
  ['starts threads', 'pthread_create thrd_create'],
  ['waits for threads', 'pthread_join'],
  ['waits for other threads', 'pthread_cond_wait pthread_cond_timedwait sem_wait pthread_barrier_wait'],
  ['wakes other threads', 'pthread_cond_signal pthread_cond_broadcast sem_post'],
  [
    'locks',
    'pthread_mutex_lock pthread_mutex_trylock pthread_rwlock_rdlock pthread_rwlock_wrlock pthread_spin_lock',
  ],
  ['loads libraries', 'dlopen dlsym'],
  [
    'changes its rights',
    'setuid seteuid setreuid setresuid setgid setegid setregid setresgid setgroups initgroups cap_set_proc',
  ],
  ['changes the root directory', 'chroot pivot_root'],
  ['mounts file systems', 'mount umount umount2'],
  [
    'looks up users or groups',
    'getpwnam getpwuid getpwent getgrnam getgrgid getgrent getpwnam_r getpwuid_r getgrgid_r getlogin',
  ],
  ['asks who runs it', 'getuid geteuid getgid getegid getgroups'],
  ['parses options of the command line', 'getopt getopt_long getopt_long_only'],
  ['sorts', 'qsort qsort_r'],
  ['searches a table', 'bsearch lfind lsearch hsearch tsearch tfind'],
  [
    'matches regular expressions',
    'regcomp regexec re_search re_match re_compile_pattern pcre_exec pcre2_match*',
  ],
  ['matches patterns of file names', 'fnmatch glob wordexp'],
  [
    'converts between character sets',
    'iconv iconv_open mbrtowc wcrtomb mbstowcs wcstombs mbsrtowcs mbtowc wctomb',
  ],
  [
    'translates messages',
    'gettext dgettext dcgettext ngettext dngettext dcngettext bindtextdomain textdomain',
  ],
  ['sets the language', 'setlocale newlocale uselocale'],
  [
    'draws random numbers',
    'rand random srand srandom rand_r drand48 lrand48 arc4random* getrandom getentropy RAND_bytes',
  ],
  ['converts dates', 'localtime localtime_r gmtime gmtime_r mktime timegm strptime'],
  ['writes dates out', 'strftime ctime ctime_r asctime asctime_r'],
  ['asks for the time', 'time gettimeofday clock_gettime clock times'],
  ['sets the time', 'settimeofday clock_settime adjtime adjtimex'],
  ['waits a while', 'sleep usleep nanosleep clock_nanosleep alarm setitimer'],
  ['computes angles', 'sin cos tan asin acos atan atan2 sinh cosh tanh sincos sinf cosf'],
  [
    'computes powers or logarithms',
    'exp exp2 expm1 log log2 log10 log1p pow powf sqrt cbrt hypot frexp ldexp',
  ],
  ['rounds numbers', 'floor ceil round rint lround trunc fmod modf'],
  [
    'sets up the terminal',
    'tcgetattr tcsetattr cfsetspeed cfsetispeed cfsetospeed tputs tgetent tgetstr initscr',
  ],
  ['asks whether it talks to a terminal', 'isatty ttyname'],
  ['controls devices', 'ioctl'],
  ['maps memory', 'mmap mremap shmat shm_open'],
  ['protects memory', 'mprotect mlock'],
  ['lists directories', 'opendir readdir fdopendir scandir closedir rewinddir nftw ftw fts_open fts_read'],
  ['makes directories', 'mkdir mkdirat mkdtemp'],
  ['makes temporary files', 'mkstemp mkostemp tmpfile tmpnam tempnam mktemp'],
  ['deletes files', 'unlink unlinkat remove rmdir'],
  ['renames files', 'rename renameat renameat2'],
  ['makes links', 'link linkat symlink symlinkat'],
  ['follows links', 'readlink readlinkat realpath canonicalize_file_name'],
  ['changes rights or owners of files', 'chmod fchmod fchmodat chown fchown lchown fchownat umask'],
  ['sets times of files', 'utime utimes utimensat futimens futimes'],
  ['shortens files', 'truncate ftruncate'],
  ['locks files', 'flock lockf'],
  ['changes the directory', 'chdir fchdir'],
  ['asks for the directory', 'getcwd get_current_dir_name'],
  ['opens files', 'fopen open openat fdopen freopen creat'],
  [
    'asks about files',
    'stat fstat lstat fstatat access faccessat statx statfs fstatfs statvfs __xstat __lxstat __fxstat',
  ],
  ['moves in files', 'lseek fseek fseeko ftell ftello rewind fsetpos'],
  [
    'reads',
    'read fread pread readv getc fgetc getchar fgets getline getdelim __getdelim __uflow ungetc fscanf scanf',
  ],
  ['writes', 'write pwrite writev fwrite putc fputc putchar puts fputs __overflow'],
  ['prints', 'printf fprintf vfprintf vprintf dprintf perror psignal'],
  [
    'reports errors',
    'error error_at_line err errx warn warnx verr verrx vwarn vwarnx strerror strerror_r gai_strerror syslog vsyslog',
  ],
  ['reads the environment', 'getenv secure_getenv'],
  ['changes the environment', 'setenv unsetenv putenv clearenv'],
  ['asks about the system', 'uname sysconf gethostname getrlimit getrusage sysinfo pathconf getpagesize'],
  ['jumps back out', 'longjmp siglongjmp _longjmp'],
  ['throws exceptions', '__cxa_throw __cxa_rethrow'],
  [
    'parses numbers',
    'strtol strtoul strtoll strtoull strtoimax strtoumax strtod strtof strtold atoi atol atoll atof',
  ],
  ['parses text by a pattern', 'sscanf vsscanf'],
  ['splits text', 'strtok strtok_r strsep'],
  ['formats text', 'sprintf snprintf asprintf vsprintf vsnprintf vasprintf'],
  [
    'searches text',
    'strchr strrchr strstr strcasestr strpbrk strspn strcspn strchrnul memchr memrchr rawmemchr memmem wcschr',
  ],
  ['compares text', 'strcmp strncmp strcasecmp strncasecmp strcoll strverscmp wcscmp'],
  ['tells kinds of characters apart', '__ctype_b_loc isw* isalpha isdigit isspace isalnum'],
  ['changes capitals', 'tolower toupper towlower towupper __ctype_tolower_loc __ctype_toupper_loc'],
  ['copies text', 'strcpy strncpy strcat strncat stpcpy stpncpy strlcpy strlcat strdup strndup wcscpy'],
  ['compares memory', 'memcmp bcmp'],
  [
    'allocates memory',
    'malloc calloc realloc reallocarray aligned_alloc posix_memalign memalign _Znwm _Znam sbrk',
  ],
  ['ends the program', 'exit _exit _Exit abort quick_exit pthread_exit'],
  ['closes files', 'close fclose'],
  ['flushes what is written', 'fflush fsync fdatasync'],
  ['measures text', 'strlen strnlen wcslen'],
  ['copies memory', 'memcpy memmove mempcpy memccpy'],
  ['fills memory', 'memset bzero explicit_bzero'],
  ['frees memory', 'free _ZdlPv _ZdlPvm _ZdaPv'],
];

export interface ImportCapability {
  readonly text: string;
  /** 0 for what tells most. */
  readonly rank: number;
}

const EXACT = new Map<string, ImportCapability>();
const PREFIXES: [prefix: string, capability: ImportCapability][] = [];
CAPABILITIES.forEach(([text, names], rank) => {
  for (const name of names.split(' ')) {
    const capability = { text, rank };
    if (name.endsWith('*')) PREFIXES.push([name.slice(0, -1), capability]);
    else EXACT.set(name, capability);
  }
});

/** glibc's other names of the same: with checks of sizes, of C99, for large files, without locks, with a version of ELF. */
const VARIANT = /^__isoc(?:99|23)_|^__(?=\w+_chk$)|_chk$|_unlocked$|64(?=_r$|$)|@.*$/g;

/** @param name of an import */
export function capabilityOfImport(name: string): ImportCapability | undefined {
  return (
    EXACT.get(name) ??
    EXACT.get(name.replace(VARIANT, '')) ??
    PREFIXES.find(([prefix]) => name.startsWith(prefix))?.[1]
  );
}
