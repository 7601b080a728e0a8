/* SPDX-License-Identifier: MIT */
/*
 * The list of algorithms; and tables with another `size`, which the library
 * has to read right: of a provider that was compiled for an older libmls, and
 * of one for a newer, with members that nobody knows yet.
 */
#include <stdio.h>
#include <string.h>

#include "conform.h"
#include "crypto/suite.h"
#include "plugin/loader.h"
#include "plugin/suites.h"
#include "use.h"

#define NEWER 64 /* octets that a table has grown by */

/* Each with room for members to come. */
struct resized {
	struct mls_provider desc;
	struct {
		struct mls_crypto_ops ops;
		uint8_t more[NEWER];
	} crypto;
	struct {
		struct mls_keystore_ops ops;
		uint8_t more[NEWER];
	} keystore;
	struct {
		struct mls_rng_ops ops;
		uint8_t more[NEWER];
	} rng;
	struct {
		struct mls_executor_ops ops;
		uint8_t more[NEWER];
	} executor;
};

/* A table in room of its own, with as much garbage behind it as it grows. */
static const void *
copy_table(void *room, size_t cap, const void *table, size_t size)
{
	size_t have;

	if (table == NULL)
		return NULL;
	memcpy(&have, table, sizeof(have));
	memset(room, 0xff, cap);
	memcpy(room, table, have < cap ? have : cap);
	memcpy(room, &size, sizeof(size));
	return room;
}

#define COPY(t, r, member, new_size) \
	((r)->desc.member = copy_table(&(r)->member, sizeof((r)->member), \
	    (t)->desc->member, (new_size)))

/* The descriptor under another name, with tables grown by `by`. */
static struct resized *
copy(struct conf *t, size_t by)
{
	struct resized *r = conf_alloc(t, sizeof(*r));

	r->desc = *t->desc;
	r->desc.name = "resized";
	COPY(t, r, crypto, t->desc->crypto != NULL ?
	    t->desc->crypto->size + by : 0);
	COPY(t, r, keystore, t->desc->keystore != NULL ?
	    t->desc->keystore->size + by : 0);
	COPY(t, r, rng, t->desc->rng != NULL ? t->desc->rng->size + by : 0);
	COPY(t, r, executor, t->desc->executor != NULL ?
	    t->desc->executor->size + by : 0);
	return r;
}

void
conf_newer_tables(struct conf *t)
{
	struct resized *r = copy(t, NEWER);
	struct conf_world w;

	r->desc.size += NEWER; /* nobody looks behind what it knows */
	conf_close(t);
	NEED(t, conf_world_copy(&w, t, &r->desc) == 0,
	    "larger tables are refused: %.300s", w.why);
	conf_use(t, &w);
	conf_world_close(&w);
}

/* What the provider expands itself, and what the library makes of its HMAC. */
static void
expand(struct conf *t, struct conf_world *w, uint8_t out[100])
{
	static const uint8_t prk[MLS_MAX_HASH] = "a key";
	const struct mls_alg *list = NULL;
	struct mls_suite_row row;
	struct mls_suite s;
	size_t n, i;

	memset(out, 0, 100);
	n = w->inst->desc->crypto->algorithms(w->inst->ctx, &list);
	for (i = 0; i < n && list[i].role != MLS_ROLE_HASH; i++)
		;
	if (i == n)
		return;
	conf_suite(&s, &row, w, &list[i]);
	NEED(t, mls__kdf_expand(out, 100, &s, mls__buf(prk, s.nh),
	    mls__buf("info", 4)) == 0, "HKDF-Expand failed");
}

static void
refused(struct conf *t, const struct mls_provider *desc, const char *what)
{
	char why[256] = "";

	NEED(t, mls__descriptor_check(desc, why, sizeof(why)) != 0,
	    "a %s that lacks its last member is taken", what);
}

static void
older_crypto(struct conf *t, struct resized *r)
{
	uint8_t whole[100], cut[100];
	struct conf_world w;

	expand(t, &t->world, whole);
	conf_close(t);
	r->crypto.ops.size = offsetof(struct mls_crypto_ops, hkdf_expand);
	NEED(t, conf_world_copy(&w, t, &r->desc) == 0,
	    "a table without optional operations is refused: %.300s", w.why);
	conf_use(t, &w);
	expand(t, &w, cut);
	NEED(t, memcmp(whole, cut, sizeof(cut)) == 0,
	    "HKDF-Expand with hkdf_expand differs from that with hmac alone");
	conf_world_close(&w);
	r->crypto.ops.size = offsetof(struct mls_crypto_ops, algorithms);
	refused(t, &r->desc, "crypto table");
	r->crypto.ops.size = t->desc->crypto->size;
}

void
conf_older_tables(struct conf *t)
{
	struct resized *r = copy(t, 0);

	if (r->desc.crypto != NULL)
		older_crypto(t, r);
	if (r->desc.keystore != NULL) {
		r->keystore.ops.size = offsetof(struct mls_keystore_ops,
		    rollback);
		refused(t, &r->desc, "keystore table");
		r->keystore.ops.size = t->desc->keystore->size;
	}
	if (r->desc.rng != NULL) {
		r->rng.ops.size = offsetof(struct mls_rng_ops, fill);
		refused(t, &r->desc, "rng table");
		r->rng.ops.size = t->desc->rng->size;
	}
	if (r->desc.executor != NULL) {
		r->executor.ops.size = offsetof(struct mls_executor_ops,
		    parallel_for);
		refused(t, &r->desc, "executor table");
		r->executor.ops.size = t->desc->executor->size;
	}
	r->desc.size = offsetof(struct mls_provider, executor);
	refused(t, &r->desc, "descriptor");
}

/* RFC 9180 §7; FIPS 186-5; RFC 8032.  An ECDSA signature may be announced
 * longer than DER makes it. */
static const struct mls_alg known[] = {
	{ MLS_ROLE_KEM, 0x0010, 65, 32, 32, 65, 32, 0, 0 },
	{ MLS_ROLE_KEM, 0x0011, 97, 48, 48, 97, 48, 0, 0 },
	{ MLS_ROLE_KEM, 0x0012, 133, 66, 64, 133, 66, 0, 0 },
	{ MLS_ROLE_KEM, 0x0020, 32, 32, 32, 32, 32, 0, 0 },
	{ MLS_ROLE_KEM, 0x0021, 56, 56, 64, 56, 56, 0, 0 },
	{ MLS_ROLE_AEAD, 1, 0, 16, 16, 12, 0, 0, 0 },
	{ MLS_ROLE_AEAD, 2, 0, 32, 16, 12, 0, 0, 0 },
	{ MLS_ROLE_AEAD, 3, 0, 32, 16, 12, 0, 0, 0 },
	{ MLS_ROLE_HASH, 1, 0, 0, 32, 0, 0, 0, 0 },
	{ MLS_ROLE_HASH, 2, 0, 0, 48, 0, 0, 0, 0 },
	{ MLS_ROLE_HASH, 3, 0, 0, 64, 0, 0, 0, 0 },
	{ MLS_ROLE_SIGN, 0x0403, 65, 32, 72, 0, 0, 0, 0 },
	{ MLS_ROLE_SIGN, 0x0503, 97, 48, 104, 0, 0, 0, 0 },
	{ MLS_ROLE_SIGN, 0x0603, 133, 66, 139, 0, 0, 0, 0 },
	{ MLS_ROLE_SIGN, 0x0807, 32, 32, 64, 0, 0, 0, 0 },
	{ MLS_ROLE_SIGN, 0x0808, 57, 57, 114, 0, 0, 0, 0 },
};

static void
sizes(struct conf *t, const struct mls_alg *a)
{
	uint16_t role = a->role == MLS_ROLE_VERIFY ? MLS_ROLE_SIGN : a->role;
	bool signs = role == MLS_ROLE_SIGN;
	const struct mls_alg *k = known;
	size_t n = sizeof(known) / sizeof(known[0]);

	while (n > 0 && (k->role != role || k->id != a->id)) {
		k++;
		n--;
	}
	if (n == 0)
		return;
	NEED(t, a->public_len == k->public_len && a->aux_len == k->aux_len &&
	    (signs ? a->output_len >= k->output_len :
	    a->output_len == k->output_len) &&
	    (a->secret_len == k->secret_len || (signs && a->secret_len == 0)),
	    "%s 0x%04x: it announces %u, %u, %u, %u and the sizes are %u, %u, "
	    "%u, %u (public, secret, output, aux)", mls__role_name(a->role),
	    a->id, a->public_len, a->secret_len, a->output_len, a->aux_len,
	    k->public_len, k->secret_len, k->output_len, k->aux_len);
	NEED(t, role != MLS_ROLE_KEM || a->seed_len == k->seed_len,
	    "kem 0x%04x: seeds of %u octets, and %u are right", a->id,
	    a->seed_len, k->seed_len);
}

static void
algorithms(struct conf *t)
{
	const struct mls_alg *list = NULL, *second = NULL;
	size_t n = t->ops->algorithms(t->ctx, &list), i, j;

	for (i = 0; i < n; i++) {
		NEED(t, list[i].role != 0 && list[i].id != 0,
		    "algorithm %zu has no role or no number", i);
		NEED(t, list[i].flags == 0 && list[i].zero == 0,
		    "%s 0x%04x: flags and zero are to be 0",
		    mls__role_name(list[i].role), list[i].id);
		for (j = 0; j < i; j++)
			NEED(t, list[j].role != list[i].role ||
			    list[j].id != list[i].id,
			    "%s 0x%04x stands in the list twice",
			    mls__role_name(list[i].role), list[i].id);
		sizes(t, &list[i]);
	}
	NEED(t, t->ops->algorithms(t->ctx, &second) == n && (n == 0 ||
	    memcmp(list, second, n * sizeof(*list)) == 0),
	    "it says something else when it is asked again");
}

const struct conf_test conf_table_tests[] = {
	{ "algorithms are described right", algorithms, false },
	{ NULL, NULL, false },
};
