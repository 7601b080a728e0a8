/* SPDX-License-Identifier: MIT */
/* test: the conformance run, as TAP. */
#define _XOPEN_SOURCE 700 /* nftw, realpath, mkdtemp */
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conformance/conform.h"
#include "plugin/suites.h"
#include "tool.h"

#define TIMEOUT 120

struct tally {
	unsigned n, failed, skipped;
};

static int
usage(const char *what, const char *arg)
{
	fprintf(stderr, "mls-provider: test: %s%s; see mls-provider --help\n",
	    what, arg);
	return 2;
}

/* Text in a line of TAP; newline: what stands for one. */
static void
print_text(const char *text, const char *newline)
{
	for (; *text != '\0'; text++)
		if (*text == '\n')
			fputs(newline, stdout);
		else
			putchar(*text);
}

static void
print_result(struct tally *t, const char *name, const struct conf_shared *s)
{
	bool good = s->verdict != CONF_FAILED;

	printf("%s %u - ", good ? "ok" : "not ok", ++t->n);
	print_text(name, " ");
	if (s->verdict == CONF_SKIPPED) {
		fputs(" # SKIP ", stdout);
		t->skipped++;
	} else if (!good) {
		fputs("\n# ", stdout);
		t->failed++;
	} else if (s->text[0] != '\0') {
		fputs(": ", stdout);
	}
	print_text(s->text, good ? " " : "\n# ");
	putchar('\n');
	fflush(stdout);
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	return at->level > 0 ? remove(path) : 0;
}

/* What is in the folder, but not the folder. */
static void
empty(const char *dir)
{
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static int
run_cases(struct tally *tally, struct conf_shared *s,
    const struct conf_options *o)
{
	size_t n = s->n_cases, i;
	struct conf_case *cases = calloc(n > 0 ? n : 1, sizeof(*cases));
	int caught = 0;

	if (cases == NULL)
		return SIGABRT;
	memcpy(cases, s->cases, n * sizeof(*cases));
	for (i = 0; i < n && caught == 0; i++) {
		caught = conf_child(s, o, &cases[i], conf_run);
		empty(o->dir);
		if (s->verdict != CONF_SILENT && caught == 0)
			print_result(tally, cases[i].name, s);
	}
	free(cases);
	return caught;
}

/* An exit code, or less: the signal that ended it. */
static int
run(struct conf_options *o)
{
	struct tally tally = { 0, 0, 0 };
	struct conf_shared *s;
	int caught;

	s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s == MAP_FAILED) {
		perror("mls-provider");
		return 1;
	}
	caught = conf_child(s, o, NULL, conf_list);
	empty(o->dir);
	if (s->title[0] != '\0') {
		fputs("# ", stdout);
		print_text(s->title, " ");
		putchar('\n');
	}
	if (caught == 0)
		print_result(&tally, "provider: it loads and starts", s);
	if (caught == 0 && s->verdict != CONF_FAILED)
		caught = run_cases(&tally, s, o);
	munmap(s, sizeof(*s));
	if (caught != 0)
		return -caught;
	printf("1..%u\n# %u passed, %u failed, %u skipped\n", tally.n,
	    tally.n - tally.failed - tally.skipped, tally.failed,
	    tally.skipped);
	return tally.failed != 0;
}

/* The folder for stores, gone afterwards. */
static int
run_in_folder(struct conf_options *o)
{
	const char *tmp = getenv("TMPDIR");
	int code;

	snprintf(o->dir, sizeof(o->dir), "%.200s/mls-provider-XXXXXX",
	    tmp != NULL && *tmp != '\0' ? tmp : "/tmp");
	if (mkdtemp(o->dir) == NULL) {
		perror(o->dir);
		return 1;
	}
	code = run(o);
	rmdir(o->dir);
	if (code >= 0)
		return code;
	raise(-code);
	return 128 - code;
}

static bool
take_timeout(unsigned *out, const char *text)
{
	char *end;
	long v = strtol(text, &end, 10);

	if (*text == '\0' || *end != '\0' || v < 1 || v > 86400)
		return false;
	*out = (unsigned)v;
	return true;
}

/* One option and its value, or what is wrong with them. */
static const char *
take_option(struct conf_options *o, const char **params, const char *name,
    const char *value)
{
	uint16_t number;

	if (value == NULL)
		return "this option wants a value: ";
	if (strcmp(name, "--suite") == 0) {
		o->suite = value;
		return mls__suite_number(&number, value) ? NULL :
		    "not the number or name of a suite: ";
	}
	if (strcmp(name, "--param") == 0) {
		params[o->n_params++] = value;
		return strchr(value, '=') != NULL && value[0] != '=' &&
		    strchr(value, '\n') == NULL ? NULL :
		    "a parameter is NAME=VALUE: ";
	}
	if (strcmp(name, "--only") == 0)
		o->only = value;
	else if (strcmp(name, "--wycheproof") == 0)
		o->wycheproof = value;
	else if (strcmp(name, "--timeout") != 0)
		return "unknown option: ";
	else if (!take_timeout(&o->timeout, value))
		return "not a number of seconds: ";
	return NULL;
}

/* A file if it looks like one. */
static bool
is_file(const char *target)
{
	size_t len = strlen(target);

	return strchr(target, '/') != NULL ||
	    (len > 3 && strcmp(target + len - 3, ".so") == 0);
}

static int
start(struct conf_options *o, const char *target)
{
	char real[PATH_MAX];
	struct stat st;

	if (target == NULL)
		return usage("which provider?", "");
	if (o->wycheproof != NULL && !conf_has_wycheproof)
		return usage("this mls-provider was built without jansson, "
		    "and cannot read ", o->wycheproof);
	if (o->wycheproof != NULL && (stat(o->wycheproof, &st) != 0 ||
	    !S_ISDIR(st.st_mode)))
		return usage("not a folder: ", o->wycheproof);
	o->name = target;
	if (is_file(target)) {
		if (realpath(target, real) == NULL) {
			fprintf(stderr, "mls-provider: %s: %s\n", target,
			    strerror(errno));
			return 1;
		}
		o->path = real;
		o->name = "module";
	}
	return run_in_folder(o);
}

int
test_command(int argc, char **argv)
{
	const char **params = calloc((size_t)argc + 1, sizeof(*params));
	struct conf_options o = { .timeout = TIMEOUT, .params = params };
	const char *target = NULL, *wrong = NULL;
	int i, code = 1;

	if (params == NULL)
		return 1;
	for (i = 0; i < argc && wrong == NULL; i++) {
		if (strncmp(argv[i], "--", 2) == 0) {
			wrong = take_option(&o, params, argv[i], argv[i + 1]);
			i += wrong == NULL;
		} else if (target == NULL) {
			target = argv[i];
		} else {
			wrong = "one provider at a time: ";
		}
	}
	code = wrong != NULL ? usage(wrong, argv[i - 1]) : start(&o, target);
	free(params);
	return code;
}
