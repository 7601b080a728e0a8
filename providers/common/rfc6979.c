/* SPDX-License-Identifier: MIT */
#include "common/rfc6979.h"

#include <string.h>

#include "common/wipe.h"

/* An HMAC with the key K of V and up to three pieces. */
static int
mac(uint8_t *out, struct mls_rfc6979 *d, const uint8_t *mark,
    struct mls_buf a, struct mls_buf b)
{
	size_t nh = mls__hash_len(d->curve->kdf);
	struct mls_buf key = { d->k, nh };
	struct mls_buf in[] = { { d->v, nh }, { mark, mark != NULL }, a, b };
	uint8_t made[MLS_DHKEM_MAX_HASH];
	int rc;

	rc = d->hmac(d->ctx, d->curve->kdf, key, in, 4, made);
	if (rc == MLS_P_OK)
		memcpy(out, made, nh);
	mls__module_wipe(made, sizeof(made));
	return rc;
}

/* K = HMAC(V, mark, a, b); V = HMAC(V): steps d to g, and those of step h
 * after a number that does not serve. */
static int
stir(struct mls_rfc6979 *d, uint8_t mark, struct mls_buf a, struct mls_buf b)
{
	struct mls_buf none = { NULL, 0 };
	int rc;

	rc = mac(d->k, d, &mark, a, b);
	if (rc == MLS_P_OK)
		rc = mac(d->v, d, NULL, none, none);
	return rc;
}

int
mls__rfc6979_start(struct mls_rfc6979 *d, const struct mls_curve *c,
    mls_hmac_fn hmac, void *ctx, const uint8_t *secret, const uint8_t *digest)
{
	uint8_t h[MLS_CURVE_MAX] = { 0 };
	size_t nh = mls__hash_len(c->kdf);
	struct mls_buf x = { secret, c->len }, reduced = { h, c->len };
	int rc;

	d->hmac = hmac;
	d->ctx = ctx;
	d->curve = c;
	d->begun = false;
	memset(d->k, 0, sizeof(d->k));
	memset(d->v, 1, sizeof(d->v));
	/* No hash here is longer than its curve's order. */
	memcpy(h + (c->len - nh), digest, nh);
	mls__curve_reduce(c, h);
	rc = stir(d, 0, x, reduced);
	if (rc == MLS_P_OK)
		rc = stir(d, 1, x, reduced);
	return rc;
}

/* The leftmost bits of k, as many as the order has: §2.3.2. */
static void
shift(uint8_t *k, const struct mls_curve *c)
{
	unsigned mask, carry, v;
	size_t i;

	for (mask = c->top_mask; mask < 0x80; mask = mask << 1 | 1) {
		carry = 0;
		for (i = 0; i < c->len; i++) {
			v = k[i];
			k[i] = (uint8_t)(v >> 1 | carry << 7);
			carry = v & 1;
		}
	}
}

static int
draw(uint8_t *nonce, struct mls_rfc6979 *d)
{
	size_t nh = mls__hash_len(d->curve->kdf), len = d->curve->len;
	struct mls_buf none = { NULL, 0 };
	size_t at, step;
	int rc;

	for (at = 0; at < len; at += step) {
		rc = mac(d->v, d, NULL, none, none);
		if (rc != MLS_P_OK)
			return rc;
		step = len - at < nh ? len - at : nh;
		memcpy(nonce + at, d->v, step);
	}
	shift(nonce, d->curve);
	return MLS_P_OK;
}

/* A number fails with a chance of at most 2^-32, so that 256 failures are the
 * HMAC's fault. */
int
mls__rfc6979_next(uint8_t *nonce, struct mls_rfc6979 *d)
{
	struct mls_buf none = { NULL, 0 };
	unsigned i;
	int rc = MLS_P_OK;

	for (i = 0; i < 256; i++) {
		if (d->begun)
			rc = stir(d, 0, none, none);
		d->begun = true;
		if (rc == MLS_P_OK)
			rc = draw(nonce, d);
		if (rc != MLS_P_OK)
			return rc;
		if (mls__curve_scalar_ok(d->curve, nonce))
			return MLS_P_OK;
	}
	return MLS_P_ARGUMENT;
}

void
mls__rfc6979_end(struct mls_rfc6979 *d)
{
	mls__module_wipe(d, sizeof(*d));
}
