/* SPDX-License-Identifier: MIT */
/* What a started provider says that it offers. */
#include <stdio.h>

#include "base/alloc.h"
#include "base/secret.h"
#include "plugin/internal.h"
#include "plugin/suites.h"

#define MOST_ALGS 4096 /* more than IANA has numbers for */

/* The operation that an algorithm of the role needs and the provider lacks, or
 * NULL. */
static const char *
lacking(const struct mls_crypto_ops *ops, uint16_t role)
{
#define NEED(op) \
	if (!MLS_HAS(ops, op)) \
		return #op
	switch (role) {
	case MLS_ROLE_KEM:
		NEED(key_derive);
		NEED(key_public);
		NEED(key_release);
		NEED(kem_encap);
		NEED(kem_decap);
		NEED(kem_check_public);
		break;
	case MLS_ROLE_AEAD:
		NEED(aead_seal);
		NEED(aead_open);
		break;
	case MLS_ROLE_HASH:
		NEED(hash);
		NEED(hmac);
		break;
	case MLS_ROLE_SIGN:
		NEED(key_public);
		NEED(key_release);
		NEED(sign);
		break;
	default:
		NEED(verify);
		break;
	}
#undef NEED
	return NULL;
}

/* The size that the buffers of the layers above cannot hold, or NULL. */
static const char *
impossible(const struct mls_alg *a, unsigned *size)
{
	const struct {
		uint16_t role;
		const char *what;
		unsigned size, least, most;
	} sizes[] = {
		{ MLS_ROLE_KEM, "public key", a->public_len, 1, UINT16_MAX },
		{ MLS_ROLE_KEM, "private key", a->secret_len, 1, UINT16_MAX },
		{ MLS_ROLE_KEM, "secret", a->output_len, 1, MLS_MAX_KEY },
		{ MLS_ROLE_KEM, "encapsulation", a->aux_len, 1, UINT16_MAX },
		{ MLS_ROLE_AEAD, "key", a->secret_len, 1, MLS_MAX_KEY },
		{ MLS_ROLE_AEAD, "tag", a->output_len, 1, MLS_MAX_TAG },
		{ MLS_ROLE_AEAD, "nonce", a->aux_len, 8, MLS_MAX_NONCE },
		{ MLS_ROLE_HASH, "hash", a->output_len, 1, MLS_MAX_HASH },
		{ MLS_ROLE_SIGN, "public key", a->public_len, 1, UINT16_MAX },
		{ MLS_ROLE_SIGN, "signature", a->output_len, 1, UINT16_MAX },
		{ MLS_ROLE_VERIFY, "public key", a->public_len, 1,
		    UINT16_MAX },
		{ MLS_ROLE_VERIFY, "signature", a->output_len, 1, UINT16_MAX },
	};
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		if (sizes[i].role != a->role ||
		    (sizes[i].size >= sizes[i].least &&
		    sizes[i].size <= sizes[i].most))
			continue;
		*size = sizes[i].size;
		return sizes[i].what;
	}
	return NULL;
}

static int
check(const struct mls_crypto_ops *ops, const struct mls_alg *a, char *why,
    size_t cap)
{
	const char *role = mls__role_name(a->role), *what;
	unsigned size;

	/* A role of a later version of this ABI is not for us. */
	if (a->role == 0 || a->role > MLS_ROLE_VERIFY)
		return 0;
	if (a->zero != 0)
		snprintf(why, cap, "%s 0x%04x: a reserved field is not zero",
		    role, a->id);
	else if ((what = lacking(ops, a->role)) != NULL)
		snprintf(why, cap, "%s 0x%04x: the operation %s is missing",
		    role, a->id, what);
	else if ((what = impossible(a, &size)) != NULL)
		snprintf(why, cap, "%s 0x%04x: a %s of %u octets is impossible",
		    role, a->id, what, size);
	else
		return 0;
	return MLS_E_PROVIDER_CONTRACT;
}

int
mls__algs_learn(struct mls_candidate *c, const struct mls_running *r,
    char *why, size_t cap)
{
	const struct mls_crypto_ops *ops = r->inst.desc->crypto;
	const struct mls_alg *list = NULL;
	size_t n, i;
	int error;

	if (ops == NULL)
		return 0;
	n = ops->algorithms(r->inst.ctx, &list);
	if (n > MOST_ALGS || (n > 0 && list == NULL)) {
		snprintf(why, cap, "it lists %zu algorithms%s", n,
		    list == NULL ? ", and gives no list" : "");
		return MLS_E_PROVIDER_CONTRACT;
	}
	for (i = 0; i < n; i++) {
		error = check(ops, &list[i], why, cap);
		if (error != 0)
			return error;
	}
	c->tests = mls__array_alloc(n, sizeof(*c->tests));
	if (c->tests == NULL)
		return MLS_E_OUT_OF_MEMORY;
	c->algs = list;
	c->n_algs = n;
	return 0;
}
