/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plugin/internal.h"
#include "toy.h"

static char dir[64]; /* a folder of its own for each test */
static struct toy_log logged;

static void
setup(void)
{
	umask(022);
	unsetenv("MLS_CONFIG");
	unsetenv("MLS_PROVIDER_DIR");
	unsetenv("MLS_PROVIDERS_DISABLE");
	unsetenv("MLS_LOG");
	strcpy(dir, "/tmp/mls-test-XXXXXX");
	cr_assert_not_null(mkdtemp(dir));
	logged.text[0] = '\0';
}

static void
teardown(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	cr_assert_eq(system(command), 0);
}

TestSuite(loader, .init = setup, .fini = teardown);

static char *
path(const char *name)
{
	static char buf[4][256];
	static unsigned n;
	char *p = buf[n++ % 4];

	snprintf(p, 256, "%s/%s", dir, name);
	return p;
}

static void
spill(const char *name, const char *text)
{
	FILE *f;
	char *p = path(name), *slash;

	for (slash = strchr(p + strlen(dir) + 1, '/'); slash != NULL;
	    slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(p, 0755);
		*slash = '/';
	}
	f = fopen(p, "w");
	cr_assert_not_null(f);
	fputs(text, f);
	fclose(f);
}

static void
copy_module(const char *name)
{
	char command[512];

	snprintf(command, sizeof(command), "cp '%s/%s' '%s'", FAULTS, name,
	    dir);
	cr_assert_eq(system(command), 0);
	chmod(path(name), 0755);
}

static struct mls_plugins_options
options(const char *text)
{
	static const struct mls_provider *const statics[] = { &toy, NULL };
	struct mls_plugins_options o = { .no_files = true,
		.config_text = text, .provider_dir = dir, .statics = statics,
		.log = toy_log, .payload = &logged };

	return o;
}

static void
says(const char *text)
{
	cr_expect_not_null(strstr(logged.text, text), "no '%s' in:\n%s", text,
	    logged.text);
}

/* A module that loads, but opens changed ciphertexts and hashes wrongly. */
Test(loader, known_answer)
{
	struct mls_plugins_options o = options(TOY_SUITE
	    "[provider bad]\nmodule = fault_answer.so\n"
	    "[route]\naead = bad, toy\nhash = bad\n");
	struct mls_plugins *p;
	struct mls_route route;

	copy_module("fault_answer.so");
	cr_assert_eq(mls__plugins_new(&p, &o), 0);
	cr_expect_eq(mls__plugins_route(&route, p, mls__plugins_row(p, 0xf042),
	    MLS_ROLE_AEAD), 0);
	cr_expect_str_eq(route.inst->name, "toy");
	says("bad: aead 0xf012 failed its known-answer test: it opens a "
	    "changed ciphertext; skipping");
	cr_expect_eq(mls__plugins_route(&route, p, mls__plugins_row(p, 1),
	    MLS_ROLE_HASH), MLS_E_PROVIDER_KNOWN_ANSWER);
	says("bad: hash 0x0001 (SHA-256) failed its known-answer test: wrong "
	    "hash; skipping");
	mls__plugins_free(p);

	o.config_text = "[mls]\nself-test = never\n"
	    "[provider bad]\nmodule = fault_answer.so\n[route]\nhash = bad\n";
	cr_assert_eq(mls__plugins_new(&p, &o), 0);
	cr_expect_eq(mls__plugins_route(&route, p, mls__plugins_row(p, 1),
	    MLS_ROLE_HASH), 0);
	mls__plugins_free(p);
}

Test(loader, read_order)
{
	struct mls_plugins_options o = options("[provider b]\nx-k = text\n");
	const struct mls_section *s;
	struct mls_plugins *p;
	char data[80], sys[80], user[80];

	snprintf(data, sizeof(data), "%s/share", dir);
	snprintf(sys, sizeof(sys), "%s/etc", dir);
	snprintf(user, sizeof(user), "%s/home", dir);
	o.no_files = false;
	o.datadir = data;
	o.sysconfdir = sys;
	o.userconfdir = user;
	spill("share/mls/providers.d/a.conf", "[provider b]\nmodule = a.so\n"
	    "x-1 = share\nx-2 = share\nx-3 = share\nx-4 = share\nx-5 = share\n"
	    "x-k = share\n");
	spill("etc/mls/mls.conf", "[provider b]\nx-2 = mls\nx-3 = mls\n"
	    "x-4 = mls\nx-5 = mls\n");
	spill("etc/mls/providers.d/10.conf", "[provider b]\nx-3 = ten\n"
	    "x-4 = ten\nx-5 = ten\n");
	spill("etc/mls/providers.d/20.conf", "[provider b]\nx-4 = twenty\n"
	    "x-5 = twenty\n");
	spill("etc/mls/providers.d/30.conf~", "nonsense");
	spill("etc/mls/providers.d/-40.conf", "nonsense");
	spill("home/mls/mls.conf", "[provider b]\nx-5 = home\nx-k = home\n");
	cr_assert_eq(mls__plugins_new(&p, &o), 0, "%s", logged.text);
	s = mls__config_section(&p->config, "provider", "b");
	cr_expect_str_eq(mls__config_get(s, "x-1")->value, "share");
	cr_expect_str_eq(mls__config_get(s, "x-2")->value, "mls");
	cr_expect_str_eq(mls__config_get(s, "x-3")->value, "ten");
	cr_expect_str_eq(mls__config_get(s, "x-4")->value, "twenty");
	cr_expect_str_eq(mls__config_get(s, "x-5")->value, "home");
	cr_expect_str_eq(mls__config_get(s, "x-k")->value, "text");
	cr_expect_str_eq(mls__config_get(s, "x-1")->file,
	    path("share/mls/providers.d/a.conf"));
	mls__plugins_free(p);

	/* One file instead of them all: of the user, of the application. */
	spill("one.conf", "[provider c]\nmodule = c.so\n");
	setenv("MLS_CONFIG", path("one.conf"), 1);
	o.config_text = NULL;
	cr_assert_eq(mls__plugins_new(&p, &o), 0);
	cr_expect_null(mls__config_section(&p->config, "provider", "b"));
	cr_expect_not_null(mls__config_section(&p->config, "provider", "c"));
	mls__plugins_free(p);
	setenv("MLS_CONFIG", path("none.conf"), 1);
	cr_expect_eq(mls__plugins_new(&p, &o), MLS_E_CONFIG_UNREADABLE);
	says("none.conf: cannot be read: No such file");
	spill("two.conf", "[provider d]\nmodule = d.so\nmodul = e\n");
	o.config_file = path("two.conf");
	cr_expect_eq(mls__plugins_new(&p, &o), MLS_E_CONFIG_UNKNOWN);
	says("two.conf:3: unknown key 'modul' in [provider d]; did you mean "
	    "'module'?");
}

/* A file that cannot be looked at might have been the one that decides. */
Test(loader, unseen_files)
{
	struct mls_plugins_options o = options(NULL);
	struct mls_plugins *p;
	char sys[80];

	snprintf(sys, sizeof(sys), "%s/etc", dir);
	o.no_files = false;
	o.datadir = o.userconfdir = "/nonexistent";
	o.sysconfdir = sys;
	spill("etc/mls/providers.d/a.conf", "[route]\nhash = toy\n");
	cr_assert_eq(symlink("nowhere", path("etc/mls/providers.d/~a.conf")),
	    0);
	cr_assert_eq(mls__plugins_new(&p, &o), 0, "%s", logged.text);
	mls__plugins_free(p);
	cr_assert_eq(symlink("nowhere", path("etc/mls/providers.d/b.conf")),
	    0);
	cr_expect_eq(mls__plugins_new(&p, &o), MLS_E_CONFIG_UNREADABLE);
	says("/etc/mls/providers.d/b.conf: cannot be read: No such file or "
	    "directory");
	cr_assert_eq(rename(path("etc/mls/providers.d/b.conf"),
	    path("etc/mls/mls.conf")), 0);
	cr_expect_eq(mls__plugins_new(&p, &o), MLS_E_CONFIG_UNREADABLE);
	says("/etc/mls/mls.conf: cannot be read: No such file or directory");
	cr_assert_eq(unlink(path("etc/mls/mls.conf")), 0);

	/* Its names can be read, and nothing more; where others get that far,
	 * which not every root folder lets them. */
	chmod(dir, 0755);
	chmod(path("etc/mls/providers.d"), 0444);
	cr_assert(geteuid() != 0 || seteuid(65534) == 0);
	if (faccessat(AT_FDCWD, dir, X_OK, AT_EACCESS) == 0) {
		cr_expect_eq(mls__plugins_new(&p, &o),
		    MLS_E_CONFIG_UNREADABLE);
		says("/etc/mls/providers.d/a.conf: cannot be read: "
		    "Permission denied");
	}
	cr_assert(getuid() != 0 || seteuid(0) == 0);
	chmod(path("etc/mls/providers.d"), 0755);
}

Test(loader, masks)
{
	struct mls_plugins_options o = options("[provider a1]\n"
	    "module = fault_init.so\ncritical = yes\n[provider toy]\n"
	    "[provider gone]\nenabled = no\n[route]\ncrypto = gone, a1, toy\n"
	    TOY_SUITE);
	struct mls_plugins *p;
	struct mls_route route;

	setenv("MLS_PROVIDERS_DISABLE", "x*, a?", 1);
	cr_assert_eq(mls__plugins_new(&p, &o), 0, "%s", logged.text);
	cr_expect_eq(mls__plugins_route(&route, p, mls__plugins_row(p, 0xf042),
	    MLS_ROLE_HASH), 0);
	says("(gone: disabled by 'enabled = no'; a1: masked by "
	    "MLS_PROVIDERS_DISABLE)");
	mls__plugins_free(p);
}

/* What opening the module says, or "". */
static const char *
opening(int error, const char *file)
{
	static char why[512];
	struct mls_module m = { NULL, NULL };

	why[0] = '\0';
	cr_expect_eq(mls__module_open(&m, file, why, sizeof(why)), error,
	    "%s: %s", file, why);
	mls__module_close(&m);
	return why;
}

static void
untrusted(const char *file, const char *what, const char *folder,
    const char *how)
{
	char want[512];

	snprintf(want, sizeof(want), "the %s %s %s", what, path(folder), how);
	cr_expect_str_eq(opening(MLS_E_PROVIDER_UNTRUSTED, path(file)), want);
}

#define OPEN "is writable by others (mode 0777); run chmod go-w on it"

/* Folders: good (with the module), open and sticky, for all to write to. */
static void
lay_out(void)
{
	cr_assert_eq(chdir(dir), 0);
	cr_assert_eq(mkdir("good", 0755) | mkdir("open", 0755) |
	    mkdir("open/in", 0755) | mkdir("sticky", 0755) |
	    mkdir("sticky/in", 0755), 0);
	copy_module("fault_answer.so");
	cr_assert_eq(system("cp fault_answer.so open/in/m.so && "
	    "cp fault_answer.so sticky/in/m.so && "
	    "cp fault_answer.so sticky/m.so && "
	    "mv fault_answer.so good/m.so"), 0);
	cr_assert_eq(chmod("open", 0777) | chmod("sticky", 01777), 0);
}

/* Each folder on the way counts, and where links lie; the way itself may have
 * any form. */
Test(loader, way)
{
	lay_out();
	cr_assert_eq(symlink("../good/m.so", "open/link.so") |
	    symlink("../good", "open/good") | symlink("../good", "good/self") |
	    symlink("../open/in/m.so", "good/out.so") |
	    symlink("m.so", "good/near.so") |
	    symlink(path("good/near.so"), "good/far.so") |
	    symlink("loop.so", "loop.so"), 0);
	untrusted("open/in/m.so", "folder", "open", OPEN);
	untrusted("open/link.so", "folder", "open", OPEN);
	untrusted("open/good/m.so", "folder", "open", OPEN);
	untrusted("good/out.so", "folder", "open", OPEN);
	untrusted("sticky/m.so", "folder", "sticky", "is writable by others "
	    "(mode 1777); run chmod go-w on it");
	opening(0, path("sticky/in/m.so"));
	opening(0, path("good/far.so"));
	opening(0, path("good/self/self//./m.so"));
	opening(0, "good/../good/m.so");
	setenv("MLS_PROVIDER_DIR", path("open/in"), 1);
	opening(0, path("open/in/m.so"));
	setenv("MLS_PROVIDER_DIR", path("open"), 1);
	untrusted("open/link.so", "folder", "open", OPEN);
	unsetenv("MLS_PROVIDER_DIR");
	cr_expect_not_null(strstr(opening(MLS_E_PROVIDER_UNLOADABLE,
	    path("loop.so")), "loop.so: Too many levels of symbolic links"));
	cr_expect_not_null(strstr(opening(MLS_E_PROVIDER_UNLOADABLE,
	    path("good/m.so/m.so")), "m.so/m.so: Not a directory"));
}

/* What is another's is his to exchange, even where others cannot. */
Test(loader, owners)
{
	const char *his = "belongs to user 12345; it must belong to root or "
	    "to the user who runs this";

	if (geteuid() != 0)
		cr_skip_test("only root gives files away");
	lay_out();
	cr_assert_eq(symlink("../good", "sticky/good"), 0);
	opening(0, path("sticky/good/m.so"));
	cr_assert_eq(lchown("sticky/good", 12345, -1), 0);
	untrusted("sticky/good/m.so", "link", "sticky/good", his);
	cr_assert_eq(chown("sticky/in", 12345, -1), 0);
	untrusted("sticky/in/m.so", "folder", "sticky/in", his);
}
