/* SPDX-License-Identifier: MIT */
/* mls-vectors FILE...: runs official test vectors, and others of their form,
 * through the library's own code, with the providers that the configuration
 * names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmls/mls.h"
#include "vectors.h"

const struct vec_kind vec_kinds[] = {
	{ "tree-math", { "n_leaves", "n_nodes" }, vec_tree_math },
	{ "deserialization", { "vlbytes_header" }, vec_deserialization },
	{ "crypto-basics", { "ref_hash", "expand_with_label" },
	    vec_crypto_basics },
	{ "secret-tree", { "encryption_secret", "leaves", "sender_data" },
	    vec_secret_tree },
	{ "message-protection", { "membership_key", "proposal_pub" },
	    vec_message_protection },
	{ "key-schedule", { "initial_init_secret", "epochs" },
	    vec_key_schedule },
	{ "psk_secret", { "psks", "psk_secret" }, vec_psk_secret },
	{ "transcript-hashes", { "confirmation_key",
	    "authenticated_content" }, vec_transcript_hashes },
	{ "welcome", { "signer_pub", "key_package", "welcome" },
	    vec_welcome },
	{ "tree-operations", { "tree_before", "proposal_sender" },
	    vec_tree_operations },
	{ "tree-validation", { "tree", "resolutions" },
	    vec_tree_validation },
	{ "treekem", { "leaves_private", "update_paths" }, vec_treekem },
	{ "messages", { "mls_welcome", "ratchet_tree" }, vec_messages },
	{ "passive-client", { "welcome", "encryption_priv",
	    "signature_priv" }, vec_passive },
	{ NULL, { NULL }, NULL },
};

struct counts {
	unsigned long passed, failed;
};

/* What all cases run with. */
struct tools {
	struct mls_plugins *plugins;
	struct mls_crypto *crypto;
	struct vec_world *world;
};

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
run_case(unsigned long *checks, const struct vec_kind *kind, struct vec *v)
{
	find_suite(v);
	if (!v->failed)
		kind->run(v);
	if (!v->failed && v->checks == 0)
		vec_fail(v, "case", "has nothing to check");
	mls__arena_free(&v->arena);
	*checks += v->checks;
	if (v->failed)
		vec_print(v, "%s: %s", v->where, v->why);
	return !v->failed;
}

/* A file of JSON, or NULL and a line. */
static json_t *
load(const char *path)
{
	json_error_t error;
	json_t *json = json_load_file(path, 0, &error);

	if (json == NULL)
		printf("%s: line %d: %s\n", base_name(path), error.line,
		    error.text);
	return json;
}

/* The kind of a file, or NULL and a line; beside: of --app. */
static const struct vec_kind *
judge_file(const json_t *json, const json_t *beside,
    const struct vec_file *file)
{
	const struct vec_kind *kind = kind_of(json_array_get(json, 0));

	if (json == NULL || (file->app != NULL && beside == NULL))
		return NULL; /* load() has told */
	if (kind == NULL) {
		printf("%s: no known kind of test vector\n",
		    base_name(file->path));
	} else if (file->app != NULL && (kind->run != vec_passive ||
	    json_array_size(beside) != json_array_size(json))) {
		printf("%s: not an entry for each case of a passive client\n",
		    base_name(file->app));
		kind = NULL;
	}
	return kind;
}

static void
run_file(struct counts *total, const struct tools *tools,
    const struct vec_file *file)
{
	const char *name = base_name(file->path);
	json_t *json = load(file->path);
	json_t *app = file->app != NULL ? load(file->app) : NULL;
	const struct vec_kind *kind = judge_file(json, app, file);
	struct counts here = { 0, kind == NULL };
	unsigned long checks = 0;
	struct vec v;
	size_t i;

	for (i = 0; kind != NULL && i < json_array_size(json); i++) {
		memset(&v, 0, sizeof(v));
		v.json = json_array_get(json, i);
		v.app = json_array_get(app, i);
		v.file = name;
		v.index = i;
		v.crypto = tools->crypto;
		v.world = tools->world;
		if (run_case(&checks, kind, &v))
			here.passed++;
		else
			here.failed++;
	}
	if (kind != NULL)
		printf("%s: %s, %lu passed, %lu failed, %lu checks\n", name,
		    kind->name, here.passed, here.failed, checks);
	json_decref(json);
	json_decref(app);
	total->passed += here.passed;
	total->failed += here.failed;
}

static void
print_log(void *payload, int level, const char *text)
{
	(void)payload;
	if (level <= MLS_LOG_WARNING)
		fprintf(stderr, "mls-vectors: %s\n", text);
}

int
main(int argc, char **argv)
{
	struct mls_plugins_options options = { .log = print_log };
	struct tools tools = { NULL, NULL, NULL };
	struct counts total = { 0, 0 };
	struct vec_options asked;
	int rc, status;
	size_t i;

	status = vec_options_read(&asked, argc, argv);
	if (status >= 0)
		goto out;
	rc = mls__plugins_new(&tools.plugins, &options);
	if (rc == 0)
		rc = mls__crypto_new(&tools.crypto, tools.plugins);
	if (rc == 0)
		rc = vec_world_new(&tools.world, &asked, print_log);
	if (rc != 0)
		fprintf(stderr, "mls-vectors: %s\n", mls_strerror(rc));
	for (i = 0; rc == 0 && i < asked.n_files; i++)
		run_file(&total, &tools, &asked.files[i]);
	vec_world_free(tools.world);
	mls__crypto_free(tools.crypto);
	mls__plugins_free(tools.plugins);
	status = rc != 0 ? 2 : total.failed != 0;
	if (rc == 0)
		printf("%lu passed, %lu failed\n", total.passed,
		    total.failed);
out:
	free(asked.files);
	return status;
}
