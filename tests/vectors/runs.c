/* SPDX-License-Identifier: MIT */
/* The cases of the files, by whatever providers. */
#include "runs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct vec_kind *
kind_of(const json_t *first)
{
	const struct vec_kind *k;
	size_t i;

	for (k = vec_kinds; k->name != NULL; k++) {
		for (i = 0; i < 4 && k->keys[i] != NULL; i++)
			if (json_object_get(first, k->keys[i]) == NULL)
				break;
		if (i == 4 || k->keys[i] == NULL)
			return k;
	}
	return NULL;
}

static const char *
base_name(const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash != NULL ? slash + 1 : file;
}

/* A file of JSON, or NULL and a line. */
static json_t *
load_json(const char *path)
{
	json_error_t error;
	json_t *json = json_load_file(path, 0, &error);

	if (json == NULL)
		printf("%s: line %d: %s\n", base_name(path), error.line,
		    error.text);
	return json;
}

static void
load(struct vec_file *f)
{
	f->name = base_name(f->path);
	f->json = load_json(f->path);
	if (f->app != NULL)
		f->beside = load_json(f->app);
	if (f->json == NULL || (f->app != NULL && f->beside == NULL))
		return;
	f->kind = kind_of(json_array_get(f->json, 0));
	if (f->kind == NULL) {
		printf("%s: no known kind of test vector\n", f->name);
	} else if (f->app != NULL && (f->kind->run != vec_passive ||
	    json_array_size(f->beside) != json_array_size(f->json))) {
		printf("%s: not an entry for each case of a passive client\n",
		    base_name(f->app));
		f->kind = NULL;
	}
}

void
vec_files_load(struct vec_options *o, struct vec_counts *total)
{
	size_t i;

	for (i = 0; i < o->n_files; i++) {
		load(&o->files[i]);
		if (o->files[i].kind == NULL)
			total->failed++;
	}
}

void
vec_files_free(struct vec_options *o)
{
	size_t i;

	for (i = 0; i < o->n_files; i++) {
		json_decref(o->files[i].json);
		json_decref(o->files[i].beside);
	}
}

static void
print_log(void *payload, int level, const char *text)
{
	(void)payload;
	if (level <= MLS_LOG_WARNING)
		fprintf(stderr, "mls-vectors: %s\n", text);
}

int
vec_tools_open(struct vec_tools *out, const struct vec_options *o,
    const char *config)
{
	struct mls_plugins_options options = { .config_text = config,
		.log = print_log };
	struct vec_tools t = { NULL, NULL, NULL };
	int rc;

	rc = mls__plugins_new(&t.plugins, &options);
	if (rc == 0)
		rc = mls__crypto_new(&t.crypto, t.plugins);
	if (rc == 0)
		rc = vec_world_new(&t.world, o, config, print_log);
	if (rc == 0)
		*out = t;
	else
		vec_tools_close(&t);
	return rc;
}

void
vec_tools_close(struct vec_tools *tools)
{
	vec_world_free(tools->world);
	mls__crypto_free(tools->crypto);
	mls__plugins_free(tools->plugins);
}

static void
find_suite(struct vec *v)
{
	const json_t *suite = json_object_get(v->json, "cipher_suite");
	json_int_t number = json_integer_value(suite);

	if (suite == NULL)
		return;
	if (!json_is_integer(suite) || number < 0 || number > UINT16_MAX)
		vec_fail(v, "cipher_suite", "is no number of a suite");
	else
		vec_ok(v, "cipher_suite", mls__crypto_suite(&v->suite,
		    v->crypto, (uint16_t)number));
}

/* Returns whether the case passed. */
static bool
run_case(unsigned long *checks, const struct vec_file *file,
    const struct vec_tools *tools, size_t index)
{
	struct vec v = {
		.json = json_array_get(file->json, index),
		.app = json_array_get(file->beside, index),
		.file = file->name,
		.index = index,
		.crypto = tools->crypto,
		.world = tools->world,
	};

	find_suite(&v);
	if (!v.failed)
		file->kind->run(&v);
	if (!v.failed && v.checks == 0)
		vec_fail(&v, "case", "has nothing to check");
	mls__arena_free(&v.arena);
	*checks += v.checks;
	if (v.failed)
		vec_print(&v, "%s: %s", v.where, v.why);
	return !v.failed;
}

static bool
wanted(const json_t *json, struct vec_range suites)
{
	const json_t *suite = json_object_get(json, "cipher_suite");
	json_int_t number = json_integer_value(suite);

	return suites.from == 0 || (suite != NULL && number >=
	    (json_int_t)suites.from && number <= (json_int_t)suites.to);
}

static void
run_file(struct vec_counts *total, const struct vec_tools *tools,
    const struct vec_file *file, struct vec_range suites, bool loud)
{
	struct vec_counts here = { 0, 0, 0 };
	unsigned long checks = 0;
	size_t i;

	for (i = 0; i < json_array_size(file->json); i++) {
		if (!wanted(json_array_get(file->json, i), suites))
			here.skipped++;
		else if (run_case(&checks, file, tools, i))
			here.passed++;
		else
			here.failed++;
	}
	if (loud && here.passed + here.failed != 0)
		printf("%s: %s, %lu passed, %lu failed, %lu checks\n",
		    file->name, file->kind->name, here.passed, here.failed,
		    checks);
	total->passed += here.passed;
	total->failed += here.failed;
	total->skipped += here.skipped;
}

void
vec_run(struct vec_counts *total, const struct vec_tools *tools,
    const struct vec_options *o, struct vec_range suites, bool loud)
{
	size_t i;

	for (i = 0; i < o->n_files; i++)
		if (o->files[i].kind != NULL)
			run_file(total, tools, &o->files[i], suites, loud);
}

int
vec_plain(struct vec_counts *total, const struct vec_options *o)
{
	struct vec_tools tools;
	int rc = vec_tools_open(&tools, o, NULL);

	if (rc != 0)
		return rc;
	vec_run(total, &tools, o, o->suites, true);
	vec_tools_close(&tools);
	return 0;
}

/* All cases of one suite; what is of no suite belongs to nobody. */
int
vec_alone(struct vec_counts *total, const struct vec_options *o)
{
	struct vec_range one, asked = o->suites;
	const struct mls_suite *suite;
	struct vec_counts here;
	struct vec_tools tools;
	unsigned served = 0;
	char config[200];
	int rc;

	snprintf(config, sizeof(config), "[route]\ncrypto = %.150s\n",
	    o->provider);
	rc = vec_tools_open(&tools, o, config);
	if (rc != 0)
		return rc;
	if (asked.from == 0)
		asked = (struct vec_range){ 1, 7 };
	for (; asked.from <= asked.to; asked.from++) {
		rc = mls__crypto_suite(&suite, tools.crypto,
		    (uint16_t)asked.from);
		if (rc == MLS_E_UNSUPPORTED_CIPHER_SUITE)
			continue;
		if (rc != 0)
			break;
		one.from = one.to = asked.from;
		here = (struct vec_counts){ 0, 0, 0 };
		vec_run(&here, &tools, o, one, false);
		printf("%s, suite %u: %lu passed, %lu failed\n", o->provider,
		    asked.from, here.passed, here.failed);
		total->passed += here.passed;
		total->failed += here.failed;
		served++;
	}
	vec_tools_close(&tools);
	return served != 0 ? rc == MLS_E_UNSUPPORTED_CIPHER_SUITE ? 0 : rc :
	    MLS_E_PROVIDER_MISSING;
}
