/* SPDX-License-Identifier: MIT */
/* mls-vectors FILE...: runs official test vectors through the library's own
 * code, with the providers that the configuration names. */
#include <stdio.h>
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
	{ "passive-client", { "welcome", "initial_epoch_authenticator",
	    "epochs" }, vec_passive },
	{ NULL, { NULL }, NULL },
};

struct counts {
	unsigned long passed, failed;
};

/* What all cases run with. */
struct tools {
	struct mls_plugins *plugins;
	struct mls_crypto *crypto;
	mls_context *context;
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

/* Returns whether the case passed. */
static bool
run_case(unsigned long *checks, const struct vec_kind *kind,
    const struct tools *tools, const json_t *json, const char *file,
    size_t index)
{
	const json_t *suite = json_object_get(json, "cipher_suite");
	struct vec v;

	memset(&v, 0, sizeof(v));
	v.json = json;
	v.crypto = tools->crypto;
	v.context = tools->context;
	if (suite != NULL)
		vec_ok(&v, "cipher_suite", mls__crypto_suite(&v.suite,
		    v.crypto, (uint16_t)json_integer_value(suite)));
	if (!v.failed)
		kind->run(&v);
	if (!v.failed && v.checks == 0)
		vec_fail(&v, "case", "has nothing to check");
	mls__arena_free(&v.arena);
	*checks += v.checks;
	if (!v.failed)
		return true;
	printf("%s: case %zu", file, index);
	if (suite != NULL)
		printf(", suite %d", (int)json_integer_value(suite));
	printf(": %s: %s\n", v.where, v.why);
	return false;
}

static void
run_file(struct counts *total, const struct tools *tools, const char *path)
{
	const char *file = base_name(path);
	const struct vec_kind *kind;
	struct counts here = { 0, 0 };
	unsigned long checks = 0;
	json_error_t error;
	json_t *json = json_load_file(path, 0, &error);
	size_t i;

	kind = kind_of(json_array_get(json, 0));
	if (json == NULL) {
		printf("%s: line %d: %s\n", file, error.line, error.text);
		here.failed = 1;
	} else if (kind == NULL) {
		printf("%s: no known kind of test vector\n", file);
		here.failed = 1;
	}
	for (i = 0; kind != NULL && i < json_array_size(json); i++) {
		if (run_case(&checks, kind, tools, json_array_get(json, i),
		    file, i))
			here.passed++;
		else
			here.failed++;
	}
	if (kind != NULL)
		printf("%s: %s, %lu passed, %lu failed, %lu checks\n", file,
		    kind->name, here.passed, here.failed, checks);
	json_decref(json);
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
	int i, rc;

	if (argc < 2) {
		fprintf(stderr, "usage: mls-vectors FILE...\n");
		return 2;
	}
	rc = mls__plugins_new(&tools.plugins, &options);
	if (rc == 0)
		rc = mls__crypto_new(&tools.crypto, tools.plugins);
	if (rc == 0)
		rc = vec_passive_context(&tools.context, print_log);
	if (rc != 0)
		fprintf(stderr, "mls-vectors: %s\n", mls_strerror(rc));
	for (i = 1; rc == 0 && i < argc; i++)
		run_file(&total, &tools, argv[i]);
	mls_context_free(tools.context);
	mls__crypto_free(tools.crypto);
	mls__plugins_free(tools.plugins);
	if (rc != 0)
		return 2;
	printf("%lu passed, %lu failed\n", total.passed, total.failed);
	return total.failed == 0 ? 0 : 1;
}
