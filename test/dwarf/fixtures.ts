/** The sources that the reader of debugging information is compared on, and the builds of them. */

import { compile } from '../support/compile.ts';

/** Every kind of type, and what makes compilers split, copy and inline functions. */
export const C_SOURCE = `
#include <complex.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned char byte;
typedef byte octet;
typedef const octet *const octets;
typedef int (*comparator)(const void *, const void *);
typedef comparator comparators[2];
typedef struct { int x, y; } point;
struct node { struct node *next; union { long number; double real; char text[8]; } value; unsigned flag : 3, rest : 5; };
union word { unsigned u; float f; };
enum colour { RED, GREEN = 7, BLUE };
typedef enum { OFF, ON } toggle;
struct nested { struct { int inner; } anonymous; enum { A, B } kind; };

volatile int sink;

static inline int squared(int v) { return v * v; }
__attribute__((noinline)) static int many(char a, signed char b, unsigned char c, short d, unsigned short e,
  int f, unsigned g, long h, unsigned long i, long long j, unsigned long long k, _Bool l) {
  return a + b + c + d + e + f + (int)g + (int)h + (int)i + (int)j + (int)k + l;
}
__attribute__((noinline)) double reals(float a, double b, long double c, double complex d, __int128 e) {
  return a + b + (double)c + creal(d) + (double)e;
}
__attribute__((noinline)) int pointers(const char *a, char *const b, const volatile int *c, void *d, const void *e,
  char **f, const char *const *g, int (*h)[3], char (*i)[2][5], struct node **j) {
  return *a + *b + *c + (d == e) + **f + **g + (*h)[0] + i[0][0][0] + (j != 0);
}
__attribute__((noinline)) int restricted(char *restrict a, const int *restrict const b) { *a = 1; return *b; }
__attribute__((noinline)) int atomics(_Atomic int *a) { return *a; }
__attribute__((noinline)) int typedefs(octet a, octets b, comparator c, point d, point *e, toggle f) {
  return a + *b + c(b, b) + d.x + e->y + (int)f;
}
__attribute__((noinline)) int aggregates(struct node a, union word b, enum colour c, struct nested *d) {
  return (int)a.value.number + (int)b.u + (int)c + d->anonymous.inner + (int)d->kind + (int)a.flag;
}
__attribute__((noinline)) int arrays(int a[], int b[4], int c[static 2][3], int n, int d[n][n]) {
  return a[0] + b[1] + c[1][1] + d[0][0];
}
__attribute__((noinline)) int callbacks(void (*a)(void), int (*b)(const char *, ...), void (*(*c)(int, void (*)(int)))(int),
  int (**d)(void), struct node *(*e)(union word, enum colour)) {
  a(); return b("x", 1) + (c(1, 0) != 0) + (*d)() + (e != 0);
}
__attribute__((noinline)) int table(comparators *a, int (*const b[3])(const void *, const void *)) { return a != 0 && b[0] != 0; }
__attribute__((noinline)) int tables(int (*(*a)[2])(const void *, const void *)) { return a != 0; }
__attribute__((noinline)) comparator chooses(int which);
static int ascending(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
comparator chooses(int which) { return which ? ascending : 0; }
__attribute__((noinline)) const char *text_of(enum colour c) { return c == RED ? "red" : "other"; }
__attribute__((noinline)) point makes(int x) { point p = { x, x }; return p; }
__attribute__((noinline)) int logs(const char *format, ...) {
  va_list list; va_start(list, format); int n = vfprintf(stderr, format, list); va_end(list); return n;
}
__attribute__((noinline)) int takes_list(va_list list) { return va_arg(list, int); }
__attribute__((noinline)) int old_style();
int old_style(a, b) int a; char *b; { return a + *b; }
__attribute__((noinline)) int variable_array(int n) {
  int cells[n + 1]; cells[0] = n; for (int i = 1; i <= n; i++) cells[i] = cells[i - 1] + i; return cells[n];
}

/* What leads to a cold function goes to .text.unlikely, as splits.cold. */
__attribute__((cold, noinline)) static void fails(const char *text, int v) { fprintf(stderr, "%s %d\\n", text, v); }
__attribute__((noinline)) int splits(int v, int *cells) {
  int sum = 0;
  for (int i = 0; i < v; i++) {
    if (cells[i] < 0) { fails("negative", i); fails("cells", sum); sink = i; return -1; }
    sum += cells[i] / (i + 1);
  }
  if (sum > 1000) { fails("large", sum); sink = sum; abort(); }
  return sum;
}
/* Inlined in part: the test to the caller, the rest to .part.0. */
static int parts(const char *s) {
  if (!s) return 0;
  int sum = 0;
  for (; *s; s++) { sum += squared(*s); sink ^= sum; if (sum > 1000) fprintf(stderr, "big %d\\n", sum); }
  return sum;
}
/* Called with one constant: .constprop.0; with an unused argument: .isra.0. */
__attribute__((noinline)) static int constant(int *cells, int count, int step) {
  int sum = 0;
  for (int i = 0; i < count; i += step) sum += cells[i] * step;
  return sum;
}
__attribute__((noinline)) static int scalarised(const struct node *n, int unused) { return (int)n->value.number * 2; }
__attribute__((noinline)) int tail(int v) { return splits(v + 1, &v); }
__attribute__((noinline)) int local_type(int v) {
  struct local { int a; struct deeper { int b; } d; } l = { v, { v } };
  int inner(struct local *p) { return p->a + p->d.b; }
  return inner(&l);
}

int main(int argc, char *argv[]) {
  int cells[8] = { 3, 1, 2 };
  struct node n = { 0 };
  qsort(cells, 3, sizeof cells[0], chooses(argc));
  logs("%d %d\\n", many(1, 2, 3, 4, 5, argc, 7, 8, 9, 10, 11, 1), parts(argv[0]));
  parts(argv[1]);
  return constant(cells, argc, 2) + constant(cells, argc + 1, 2) + scalarised(&n, 1) + tail(argc) + makes(1).x
    + text_of(RED)[0] + variable_array(argc) + local_type(argc) + squared(argc);
}
`;

/** Clang has no nested functions. */
const C_SOURCE_FOR_CLANG = C_SOURCE.replace(/int inner\(.*\n.*return inner\(&l\);/, 'return l.a + l.d.b;');

/** What C++ adds: scopes, declarations apart from definitions, copies of constructors, references. */
export const CXX_SOURCE = `
#include <cstddef>
#include <cstdio>
namespace outer {
namespace inner {
struct part { int value; enum kind { SMALL, LARGE }; struct deep { int d; }; };
enum class scoped : unsigned char { ONE, TWO };
}
namespace { struct hidden { int h; }; __attribute__((noinline)) int uses_hidden(hidden *h) { return h->h; } }
template <typename T, int N = 3> struct box {
  T items[N];
  struct cursor { int at; };
  __attribute__((noinline)) T get(int i) const { return items[i]; }
  template <typename U> __attribute__((noinline)) U as(const U &d, cursor c) { return d + static_cast<U>(items[c.at]); }
};
class base {
public:
  explicit base(int v);
  virtual ~base();
  virtual int area(const inner::part &p, inner::part::kind k) const;
  static int count(inner::scoped s, inner::part::deep &&d);
  int operator()(int v) volatile;
  base &operator=(const base &other);
protected:
  int value;
};
class derived final : public base {
public:
  explicit derived(int v) : base(v) {}
  int area(const inner::part &p, inner::part::kind k) const override;
};
base::base(int v) : value(v) {}
base::~base() { std::puts("gone"); }
int base::area(const inner::part &p, inner::part::kind k) const { return p.value + k + value; }
int base::count(inner::scoped s, inner::part::deep &&d) { return static_cast<int>(s) + d.d; }
int base::operator()(int v) volatile { return value + v; }
base &base::operator=(const base &other) { value = other.value; return *this; }
int derived::area(const inner::part &p, inner::part::kind k) const { return base::area(p, k) * 2; }
}
using outer::box;
using size_type = std::size_t;
struct plain { int method(int) const; int field; static int function(char); };
int plain::method(int v) const {
  struct local { int a; int twice() const { return a * 2; } } l{v};
  return l.twice() + field;
}
int plain::function(char c) { return c; }
__attribute__((noinline)) int members(int (plain::*a)(int) const, int plain::*b, const plain &c) { return (c.*a)(1) + c.*b; }
__attribute__((noinline)) int references(int &a, const int &b, int &&c, const char *const &d, int (&e)[4], int (&f)(char)) {
  return a + b + c + *d + e[0] + f('x');
}
__attribute__((noinline)) int templates(box<int> &a, const box<char, 5> *b, box<box<long>, 2>::cursor c, size_type d, std::nullptr_t e) {
  return a.get(0) + b->get(1) + c.at + static_cast<int>(d) + (e == nullptr);
}
__attribute__((noinline)) int characters(wchar_t a, char16_t b, char32_t c, bool d) { return static_cast<int>(a + b + c) + d; }
template <typename... Ts> __attribute__((noinline)) int pack(Ts... ts) { return (0 + ... + static_cast<int>(ts)); }
extern "C" __attribute__((noinline)) int c_linkage(struct plain *p, ...) { return p->field; }
__attribute__((noinline)) static int overload(int v) { return v; }
__attribute__((noinline)) static int overload(double v) { return static_cast<int>(v); }
template <typename F> __attribute__((noinline)) int apply(F f) { return f(2); }
int main(int argc, char **argv) {
  outer::hidden h{argc};
  outer::derived d(argc);
  box<int> a{{1, 2, 3}};
  box<char, 5> b{{1}};
  plain p{argc};
  int four[4] = {argc};
  outer::inner::part::deep deep{1};
  volatile outer::base *v = &d;
  return outer::uses_hidden(&h) + d.area({1}, outer::inner::part::LARGE) + templates(a, &b, {0}, 1, nullptr)
    + a.as<double>(1.5, {0}) > 3 + members(&plain::method, &plain::field, p) + characters(L'a', u'b', U'c', true)
    + references(argc, 2, 3, argv[0], four, plain::function) + pack(1, 2.5, 'c') + c_linkage(&p) + overload(1) + overload(2.5)
    + apply([&](int x) { return x + argc; }) + outer::base::count(outer::inner::scoped::ONE, static_cast<outer::inner::part::deep &&>(deep))
    + const_cast<outer::base *>(v)->operator()(1);
}
`;

export interface Build {
  title: string;
  path: string;
}

/** A build of the C source. The flags come behind `-g`. */
export function buildC(compiler: string, ...flags: string[]): string {
  const source = compiler.startsWith('clang') ? C_SOURCE_FOR_CLANG : C_SOURCE;
  return compile(source, { compiler, flags: ['-g', '-w', '-std=gnu11', ...flags] });
}

export function buildCxx(compiler: string, ...flags: string[]): string {
  return compile(CXX_SOURCE, { compiler, flags: ['-g', '-w', '-std=c++17', ...flags], suffix: '.cc' });
}

/** Both languages, both formats, all levels by the two main compilers, and a few by the older ones. */
export function builds(): Build[] {
  const found: Build[] = [];
  const add = (compiler: string, cxx: string, ...flags: string[]): void => {
    found.push({ title: `C ${compiler} ${flags.join(' ')}`, path: buildC(compiler, ...flags) });
    found.push({ title: `C++ ${cxx} ${flags.join(' ')}`, path: buildCxx(cxx, ...flags) });
  };
  for (const version of ['-gdwarf-4', '-gdwarf-5']) {
    for (const level of ['-O0', '-O1', '-O2', '-O3']) {
      add('gcc-12', 'g++-12', level, version);
      add('clang-19', 'clang++-19', level, version);
    }
    add('clang-14', 'clang++-14', '-O2', version);
    found.push({ title: `C gcc-11 -O2 ${version}`, path: buildC('gcc-11', '-O2', version) });
  }
  return found;
}
