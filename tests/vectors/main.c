/* SPDX-License-Identifier: MIT */
/*
 * mls-vectors: runs official test vectors, and others of their form, through
 * the library's own code, with the providers that the configuration names, or
 * with others.
 */
#include <stdio.h>
#include <stdlib.h>

#include "runs.h"

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

int
main(int argc, char **argv)
{
	struct vec_counts total = { 0, 0, 0 };
	struct vec_options o;
	int rc, status;

	status = vec_options_read(&o, argc, argv);
	if (status >= 0)
		goto out;
	setvbuf(stdout, NULL, _IOLBF, 0);
	vec_files_load(&o, &total);
	rc = o.mixed ? vec_mixed(&total, &o) :
	    o.provider != NULL ? vec_alone(&total, &o) : vec_plain(&total, &o);
	vec_files_free(&o);
	status = rc != 0 ? 2 : total.failed != 0;
	if (rc != 0) {
		fprintf(stderr, "mls-vectors: %s\n", mls_strerror(rc));
		goto out;
	}
	printf("%lu passed, %lu failed", total.passed, total.failed);
	if (total.skipped != 0)
		printf(", %lu of other suites", total.skipped);
	putchar('\n');
out:
	free(o.files);
	return status;
}
