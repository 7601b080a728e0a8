/* SPDX-License-Identifier: MIT */
/*
 * mls-vectors: runs official test vectors through the library's own code, with
 * the providers that the configuration names, or with others.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runs.h"

static const char usage[] =
    "usage: mls-vectors [OPTION...] FILE...\n"
    "  --suites S[-T]     the cases of these suites alone\n"
    "  --provider NAME    all by this provider, in the suites that it serves\n"
    "  --mixed pairs|all  each role by another provider, so that each two\n"
    "                     meet in each two roles; or in all ways there are\n";

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

static bool
read_range(struct vec_range *out, const char *value)
{
	char *end;

	out->from = out->to = (unsigned)strtoul(value, &end, 0);
	if (*end == '-')
		out->to = (unsigned)strtoul(end + 1, &end, 0);
	return *end == '\0' && out->from >= 1 && out->from <= out->to &&
	    out->to <= 0xffff;
}

static bool
read_option(struct vec_options *o, const char *name, const char *value)
{
	if (strcmp(name, "--suites") == 0)
		return read_range(&o->suites, value);
	if (strcmp(name, "--provider") == 0) {
		o->provider = value;
		return true;
	}
	o->mixed = true;
	o->all = strcmp(value, "all") == 0;
	return strcmp(name, "--mixed") == 0 &&
	    (o->all || strcmp(value, "pairs") == 0);
}

int
main(int argc, char **argv)
{
	struct vec_options o = { .suites = { 0, 0 } };
	struct vec_counts total = { 0, 0, 0 };
	int i = 1, rc;

	while (i + 1 < argc && argv[i][0] == '-' &&
	    read_option(&o, argv[i], argv[i + 1]))
		i += 2;
	if (i >= argc || argv[i][0] == '-') {
		fputs(usage, stderr);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	o.n = (size_t)(argc - i);
	o.files = vec_files_load(argv + i, o.n, &total);
	rc = o.mixed ? vec_mixed(&total, &o) :
	    o.provider != NULL ? vec_alone(&total, &o) : vec_plain(&total, &o);
	vec_files_free(o.files, o.n);
	if (rc != 0) {
		fprintf(stderr, "mls-vectors: %s\n", mls_strerror(rc));
		return 2;
	}
	printf("%lu passed, %lu failed", total.passed, total.failed);
	if (total.skipped != 0)
		printf(", %lu of other suites", total.skipped);
	putchar('\n');
	return total.failed == 0 ? 0 : 1;
}
