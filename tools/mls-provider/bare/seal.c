/* SPDX-License-Identifier: MIT */
/* RFC 9180, DHKEM and base mode, for SHA-256 and no more than a bench asks. */
#include <string.h>

#include "bare.h"

struct seal {
	const struct bare_library *lib;
	void *state;
	uint8_t kem_id[5], hpke_id[10];
};

struct piece {
	uint8_t data[256];
	size_t len;
};

static void
put(struct piece *p, const void *data, size_t len)
{
	memcpy(p->data + p->len, data, len);
	p->len += len;
}

static bool
extract(const struct seal *s, const uint8_t *salt, size_t salt_len,
    const void *id, size_t id_len, const char *label, const uint8_t *ikm,
    size_t ikm_len, uint8_t *out)
{
	struct piece p = { .len = 0 };

	put(&p, "HPKE-v1", 7);
	put(&p, id, id_len);
	put(&p, label, strlen(label));
	return s->lib->hmac(s->state, salt, salt_len, p.data, p.len, ikm,
	    ikm_len, out);
}

/* Of one block. */
static bool
expand(const struct seal *s, const uint8_t *prk, const void *id,
    size_t id_len, const char *label, const uint8_t *info, size_t info_len,
    uint8_t *out, uint8_t len)
{
	struct piece p = { .len = 0 }, tail = { .len = 0 };
	const uint8_t length[2] = { 0, len };
	uint8_t block[32];

	put(&p, length, 2);
	put(&p, "HPKE-v1", 7);
	put(&p, id, id_len);
	put(&p, label, strlen(label));
	put(&tail, info, info_len);
	put(&tail, "\1", 1);
	if (!s->lib->hmac(s->state, prk, 32, p.data, p.len, tail.data,
	    tail.len, block))
		return false;
	memcpy(out, block, len);
	return true;
}

/* RFC 9180 §4.1 */
static bool
encap(const struct seal *s, uint16_t kem, const uint8_t *pub, uint8_t *enc,
    uint8_t *shared)
{
	size_t len = kem == 0x20 ? 32 : 65;
	uint8_t dh[32], prk[32], both[130];

	if (!s->lib->exchange(s->state, kem, pub, enc, dh))
		return false;
	memcpy(both, enc, len);
	memcpy(both + len, pub, len);
	return extract(s, NULL, 0, s->kem_id, 5, "eae_prk", dh, 32, prk) &&
	    expand(s, prk, s->kem_id, 5, "shared_secret", both, 2 * len,
	    shared, 32);
}

bool
bare_seal(const struct bare_library *lib, void *state, uint16_t suite,
    const uint8_t *pub, const uint8_t *context, size_t context_len,
    const uint8_t *pt, size_t len, uint8_t *enc, uint8_t *ct)
{
	static const uint8_t aeads[] = { 0, 1, 1, 3 };
	uint16_t kem = suite == 2 ? 0x10 : 0x20;
	uint8_t shared[32], secret[32], key[32], nonce[12], aead;
	struct seal s = { lib, state, { 'K', 'E', 'M', 0, (uint8_t)kem },
		{ 'H', 'P', 'K', 'E', 0, (uint8_t)kem, 0, 1, 0, 0 } };

	if (suite == 0 || suite > 3)
		return false;
	aead = s.hpke_id[9] = aeads[suite];
	return encap(&s, kem, pub, enc, shared) &&
	    extract(&s, shared, 32, s.hpke_id, 10, "secret", NULL, 0,
	    secret) &&
	    expand(&s, secret, s.hpke_id, 10, "key", context, context_len, key,
	    aead == 1 ? 16 : 32) &&
	    expand(&s, secret, s.hpke_id, 10, "base_nonce", context,
	    context_len, nonce, 12) &&
	    lib->aead(state, aead, key, nonce, pt, len, ct);
}
