/* SPDX-License-Identifier: MIT */
#include "schedule/secret_tree.h"

#include "base/compat.h"
#include "libmls/errors.h"

/* Two secrets of Nh octets out of one; both or none. */
static int
split(struct mls_secret *a, struct mls_secret *b, const struct mls_suite *s,
    const struct mls_secret *secret, const char *const label[2],
    const char *const context[2])
{
	struct mls_secret t[2] = { { 0 }, { 0 } };
	int i, rc = 0;

	for (i = 0; rc == 0 && i < 2; i++) {
		t[i].len = (uint8_t)s->nh;
		rc = mls__expand_with_label(t[i].data, s->nh, s, secret,
		    label[i], mls__buf_str(context[i]));
	}
	if (rc == 0) {
		*a = t[0];
		*b = t[1];
	}
	mls__wipe(t, sizeof(t));
	return rc;
}

int
mls__secret_tree_children(struct mls_secret *left, struct mls_secret *right,
    const struct mls_suite *s, const struct mls_secret *secret)
{
	static const char *const label[2] = { "tree", "tree" };
	static const char *const context[2] = { "left", "right" };

	return split(left, right, s, secret, label, context);
}

int
mls__secret_tree_leaf(struct mls_secret *handshake,
    struct mls_secret *application, const struct mls_suite *s,
    const struct mls_secret *secret)
{
	static const char *const label[2] = { "handshake", "application" };
	static const char *const context[2] = { "", "" };

	return split(handshake, application, s, secret, label, context);
}

int
mls__ratchet_step(struct mls_message_key *key, struct mls_secret *next,
    const struct mls_suite *s, const struct mls_secret *secret,
    uint32_t generation)
{
	struct mls_message_key k = { { 0 }, { 0 } };
	struct mls_secret t = { 0 };
	int rc = 0;

	MLS_DEBUG_ASSERT(s->nk <= sizeof(k.key) && s->nn <= sizeof(k.nonce));
	if (key != NULL) {
		rc = mls__derive_tree_secret(k.key, s->nk, s, secret, "key",
		    generation);
		if (rc == 0)
			rc = mls__derive_tree_secret(k.nonce, s->nn, s,
			    secret, "nonce", generation);
	}
	if (rc == 0)
		rc = mls__derive_tree_secret(t.data, s->nh, s, secret,
		    "secret", generation);
	if (rc == 0) {
		t.len = (uint8_t)s->nh;
		if (key != NULL)
			*key = k;
		*next = t;
	}
	mls__wipe(&k, sizeof(k));
	mls__secret_wipe(&t);
	return rc;
}

/* RFC 9420 §6.3.2, MSG-04: a shorter ciphertext is its own sample. */
int
mls__sender_data_key(struct mls_message_key *key, const struct mls_suite *s,
    const struct mls_secret *sender_data_secret, struct mls_buf ciphertext)
{
	struct mls_message_key k = { { 0 }, { 0 } };
	struct mls_buf sample = ciphertext;
	int rc;

	MLS_DEBUG_ASSERT(s->nk <= sizeof(k.key) && s->nn <= sizeof(k.nonce));
	if (sample.len > s->nh)
		sample.len = s->nh;
	rc = mls__expand_with_label(k.key, s->nk, s, sender_data_secret,
	    "key", sample);
	if (rc == 0)
		rc = mls__expand_with_label(k.nonce, s->nn, s,
		    sender_data_secret, "nonce", sample);
	if (rc == 0)
		*key = k;
	mls__wipe(&k, sizeof(k));
	return rc;
}
