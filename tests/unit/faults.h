/* SPDX-License-Identifier: MIT */
/* What the tests of faulty modules share: a folder of modules for each test,
 * the lines that a person reads, and a group, which needs every role. */
#ifndef TESTS_UNIT_FAULTS_H
#define TESTS_UNIT_FAULTS_H

#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include "group_fixture.h"

static char dir[64];      /* of the modules */
static char logged[16384]; /* a line each, with one before the first */

/* What is linked in, for context_of; or NULL. */
static const struct mls_provider *const *linked;

/* The text, made as printf does; good for the next 63 calls. */
__attribute__((format(printf, 1, 2))) static const char *
made(const char *format, ...)
{
	static char buf[64][1024];
	static unsigned n;
	char *out = buf[n++ % 64];
	va_list args;

	va_start(args, format);
	vsnprintf(out, sizeof(buf[0]), format, args);
	va_end(args);
	return out;
}

static inline void
log_line(void *payload, int level, const char *line)
{
	size_t used = strlen(logged);

	(void)payload;
	(void)level;
	snprintf(logged + used, sizeof(logged) - used, "%s\n", line);
}

/* Exactly this line was logged. */
static inline void
said(const char *line)
{
	cr_expect_not_null(strstr(logged, made("\n%s\n", line)),
	    "no line '%s' in:%s", line, logged);
}

static inline void
copy_module(const char *from, const char *name)
{
	cr_assert_eq(system(made("cp '%s/%s' '%s'", from, name, dir)), 0);
	cr_assert_eq(chmod(made("%s/%s", dir, name), 0755), 0);
}

static void
set_up(void)
{
	const char *good = getenv("MLS_TEST_PROVIDERDIR");

	umask(022);
	unsetenv("MLS_PROVIDERS_DISABLE");
	unsetenv("MLS_LOG");
	strcpy(dir, "/tmp/mls-test-XXXXXX");
	cr_assert_not_null(mkdtemp(dir));
	chmod(dir, 0755);
	copy_module(good, "openssl.so");
	copy_module(good, "memory.so");
}

static void
tear_down(void)
{
	cr_assert_eq(system(made("rm -rf '%s'", dir)), 0);
}

/* The context of a config; the log begins anew. */
static inline int
context_of(mls_context **out, const char *config)
{
	struct mls_context_options o = MLS_CONTEXT_OPTIONS_INIT;
	struct mls_policy p = MLS_POLICY_INIT;

	strcpy(logged, "\n");
	p.credential = accept_all;
	p.external = MLS_EXTERNAL_JOIN | MLS_EXTERNAL_RESYNC;
	o.no_files = 1;
	o.provider_dir = dir;
	o.config_text = config;
	o.policy = &p;
	o.log = log_line;
	o.providers = linked;
	return mls_context_new(out, &o);
}

/* A group of suite 1; the first error. */
static inline int
group_of(mls_group **out, mls_client **client, mls_context *context)
{
	struct mls_client_options o = MLS_CLIENT_OPTIONS_INIT;
	struct mls_group_options g = MLS_GROUP_OPTIONS_INIT;
	int rc;

	o.identity = text("a");
	g.suite = 1;
	g.group_id = text("g");
	rc = mls_client_create(client, context, &o);
	if (rc == 0)
		rc = mls_group_create(out, *client, &g);
	return rc;
}

/* try_config(config): a group of that config says something; the first error. */
static inline int
try_config(const char *config)
{
	mls_context *context = NULL;
	mls_client *client = NULL;
	mls_group *group = NULL;
	struct mls_bytes message = { NULL, 0 };
	int rc = context_of(&context, config);

	if (rc == 0)
		rc = group_of(&group, &client, context);
	if (rc == 0)
		rc = mls_group_send(&message, group, text("hello"));
	mls_bytes_free(&message);
	mls_group_close(group);
	mls_client_close(client);
	mls_context_free(context);
	return rc;
}

/* The client of a sqlite store in the folder. */
static inline mls_client *
client_at(mls_context *context, const char *store, bool fresh)
{
	struct mls_client_options o = MLS_CLIENT_OPTIONS_INIT;
	struct mls_param path = { "path", made("%s/%s", dir, store) };
	mls_client *c;

	o.identity = text(store);
	o.keystore = "sqlite";
	o.params = &path;
	o.n_params = 1;
	if (fresh)
		must(mls_client_create(&c, context, &o));
	else
		must(mls_client_open(&c, context, &o));
	return c;
}

/* The settings of a module that passes everything on to a good one, but for
 * the fault. */
static inline const char *
passes_on(const char *module, const char *fault)
{
	return made("x-module = %s/%s\nx-fault = %s\n", dir, module, fault);
}

static inline unsigned
lines_of(const char *s)
{
	unsigned n = 0;

	for (; *s != '\0'; s++)
		n += *s == '\n';
	return n;
}

/* The config of a bad module, whose section has more settings, and of a good
 * one; `route` ends it. */
static inline const char *
config_of(const char *module, const char *settings, const char *route)
{
	return made("[provider bad]\nmodule = %s\n%s[provider good]\n"
	    "module = openssl.so\n[provider memory]\nmodule = memory.so\n"
	    "[route]\n%s", module, settings, route);
}

#endif
