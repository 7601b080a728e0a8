/* SPDX-License-Identifier: MIT */
#include "common/dhkem.h"

#include <string.h>

#include "common/wipe.h"

static const struct mls_dhkem kems[] = {
	{ 0x0010, 1, 32, 65, 32, 32, &mls__curves[MLS_P256] },
	{ 0x0011, 2, 48, 97, 48, 48, &mls__curves[MLS_P384] },
	{ 0x0012, 3, 64, 133, 66, 66, &mls__curves[MLS_P521] },
	{ 0x0020, 1, 32, 32, 32, 32, NULL },
	{ 0x0021, 3, 64, 56, 56, 56, NULL },
};

const struct mls_dhkem *
mls__dhkem_find(uint16_t id)
{
	size_t i;

	for (i = 0; i < sizeof(kems) / sizeof(kems[0]); i++)
		if (kems[i].id == id)
			return &kems[i];
	return NULL;
}

size_t
mls__hash_len(uint16_t kdf)
{
	static const uint8_t len[] = { 0, 32, 48, 64 };

	return kdf < sizeof(len) ? len[kdf] : 0;
}

int
mls__hkdf_expand_by(uint8_t *out, size_t len, mls_hmac_fn hmac, void *ctx,
    uint16_t kdf, struct mls_buf prk, const struct mls_buf *info, size_t n)
{
	uint8_t block[2][MLS_DHKEM_MAX_HASH], counter = 0, *made;
	struct mls_buf in[1 + MLS_HKDF_PIECES + 1] = { { NULL, 0 } };
	size_t nh = mls__hash_len(kdf), step;
	int rc = MLS_P_OK;

	if (nh == 0)
		return MLS_P_UNSUPPORTED;
	if (len > 255 * nh || n > MLS_HKDF_PIECES)
		return MLS_P_ARGUMENT;
	memcpy(in + 1, info, n * sizeof(*info));
	in[n + 1].data = &counter;
	in[n + 1].len = 1;
	for (; len > 0; len -= step, out += step) {
		/* No output overlaps an input. */
		made = block[++counter & 1];
		rc = hmac(ctx, kdf, prk, in, n + 2, made);
		if (rc != MLS_P_OK)
			break;
		in[0].data = made;
		in[0].len = nh;
		step = len < nh ? len : nh;
		memcpy(out, made, step);
	}
	mls__module_wipe(block, sizeof(block));
	return rc;
}

/* The suite id of the KEM's own KDF calls, §4.1. */
struct suite_id {
	uint8_t octets[5];
};

static struct suite_id
suite_id(const struct mls_dhkem *kem)
{
	struct suite_id id = { { 'K', 'E', 'M',
	    (uint8_t)(kem->id >> 8), (uint8_t)kem->id } };

	return id;
}

static struct mls_buf
piece(const void *data, size_t len)
{
	struct mls_buf b = { (const uint8_t *)data, len };

	return b;
}

/* LabeledExtract with an empty salt, §4. */
static int
extract(uint8_t *prk, const struct mls_dhkem *kem, mls_hmac_fn hmac,
    void *ctx, const char *label, struct mls_buf ikm)
{
	struct suite_id id = suite_id(kem);
	struct mls_buf in[] = { piece("HPKE-v1", 7),
		piece(id.octets, sizeof(id.octets)),
		piece(label, strlen(label)), ikm };

	return hmac(ctx, kem->kdf, piece(NULL, 0), in, 4, prk);
}

/* LabeledExpand, §4, with its info in two pieces. */
static int
expand(uint8_t *out, size_t len, const struct mls_dhkem *kem,
    mls_hmac_fn hmac, void *ctx, const uint8_t *prk, const char *label,
    struct mls_buf info1, struct mls_buf info2)
{
	struct suite_id id = suite_id(kem);
	uint8_t size[2] = { (uint8_t)(len >> 8), (uint8_t)len };
	struct mls_buf in[] = { piece(size, 2), piece("HPKE-v1", 7),
		piece(id.octets, sizeof(id.octets)),
		piece(label, strlen(label)), info1, info2 };

	return mls__hkdf_expand_by(out, len, hmac, ctx, kem->kdf,
	    piece(prk, kem->hash_len), in, 6);
}

/* The rejection sampling of §7.1.3: a candidate fails with a chance of at
 * most 2^-32, so that 256 failures are the HMAC's fault. */
static int
sample(uint8_t *sk, const struct mls_dhkem *kem, mls_hmac_fn hmac, void *ctx,
    const uint8_t *prk)
{
	unsigned i;
	uint8_t counter;
	int rc;

	for (i = 0; i < 256; i++) {
		counter = (uint8_t)i;
		rc = expand(sk, kem->secret_len, kem, hmac, ctx, prk,
		    "candidate", piece(&counter, 1), piece(NULL, 0));
		if (rc != MLS_P_OK)
			return rc;
		sk[0] &= kem->curve->top_mask;
		if (mls__curve_scalar_ok(kem->curve, sk))
			return MLS_P_OK;
	}
	return MLS_P_ARGUMENT;
}

int
mls__dhkem_derive(uint8_t *sk, const struct mls_dhkem *kem, mls_hmac_fn hmac,
    void *ctx, struct mls_buf ikm)
{
	uint8_t prk[MLS_DHKEM_MAX_HASH];
	int rc;

	rc = extract(prk, kem, hmac, ctx, "dkp_prk", ikm);
	if (rc == MLS_P_OK && kem->curve != NULL)
		rc = sample(sk, kem, hmac, ctx, prk);
	else if (rc == MLS_P_OK)
		rc = expand(sk, kem->secret_len, kem, hmac, ctx, prk, "sk",
		    piece(NULL, 0), piece(NULL, 0));
	mls__module_wipe(prk, sizeof(prk));
	return rc;
}

static bool
all_zero(const uint8_t *p, size_t len)
{
	unsigned any = 0;

	while (len-- > 0)
		any |= *p++;
	return any == 0;
}

int
mls__dhkem_shared(uint8_t *shared, const struct mls_dhkem *kem,
    mls_hmac_fn hmac, void *ctx, const uint8_t *dh, const uint8_t *enc,
    const uint8_t *pub)
{
	uint8_t prk[MLS_DHKEM_MAX_HASH];
	int rc;

	if (kem->curve == NULL && all_zero(dh, kem->dh_len))
		return MLS_P_ARGUMENT;
	rc = extract(prk, kem, hmac, ctx, "eae_prk", piece(dh, kem->dh_len));
	if (rc == MLS_P_OK)
		rc = expand(shared, kem->hash_len, kem, hmac, ctx, prk,
		    "shared_secret", piece(enc, kem->public_len),
		    piece(pub, kem->public_len));
	mls__module_wipe(prk, sizeof(prk));
	return rc;
}
