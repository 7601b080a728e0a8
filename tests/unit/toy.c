/* SPDX-License-Identifier: MIT */
#include "toy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct mls_key {
	uint8_t pub[4];
};

char toy_params[256];
int toy_running;
bool toy_starving;

static const struct mls_alg algs[] = {
	{ MLS_ROLE_KEM, TOY_KEM, 4, 4, 4, 4, 4, 0, 0 },
	{ MLS_ROLE_AEAD, TOY_AEAD, 0, 4, 1, 8, 0, 0, 0 },
	{ MLS_ROLE_HASH, TOY_KDF, 0, 0, 4, 0, 0, 0, 0 },
	{ MLS_ROLE_SIGN, TOY_SIGN, 4, 4, 4, 0, 0, 0, 0 },
	{ MLS_ROLE_VERIFY, TOY_SIGN, 4, 0, 4, 0, 0, 0, 0 },
};

static size_t
algorithms(void *ctx, const struct mls_alg **list)
{
	(void)ctx;
	*list = algs;
	return sizeof(algs) / sizeof(algs[0]);
}

static int
key_derive(void *ctx, uint16_t kem, struct mls_buf ikm, struct mls_key **out)
{
	(void)ctx;
	(void)kem;
	*out = calloc(1, sizeof(**out));
	if (*out == NULL)
		return MLS_P_NOMEM;
	memcpy((*out)->pub, ikm.data, 4);
	return MLS_P_OK;
}

static int
key_public(void *ctx, const struct mls_key *key, uint8_t *pub, size_t *len)
{
	(void)ctx;
	memcpy(pub, key->pub, 4);
	*len = 4;
	return MLS_P_OK;
}

static void
key_release(void *ctx, struct mls_key *key)
{
	(void)ctx;
	free(key);
}

static int
kem_encap(void *ctx, uint16_t kem, struct mls_buf pub, const uint8_t *seed,
    uint8_t *enc, uint8_t *shared)
{
	size_t i;

	(void)ctx;
	(void)kem;
	for (i = 0; i < 4; i++) {
		enc[i] = seed[i];
		shared[i] = seed[i] ^ pub.data[i];
	}
	return MLS_P_OK;
}

static int
kem_decap(void *ctx, const struct mls_key *key, struct mls_buf enc,
    uint8_t *shared)
{
	size_t i;

	(void)ctx;
	for (i = 0; i < 4; i++)
		shared[i] = enc.data[i] ^ key->pub[i];
	return MLS_P_OK;
}

static int
kem_check_public(void *ctx, uint16_t kem, struct mls_buf pub)
{
	(void)ctx;
	(void)kem;
	return pub.len == 4 ? MLS_P_OK : MLS_P_ARGUMENT;
}

static int
sign(void *ctx, const struct mls_key *key, struct mls_buf msg, uint8_t *sig,
    size_t *len)
{
	(void)ctx;
	(void)msg;
	memcpy(sig, key->pub, 4);
	*len = 4;
	return MLS_P_OK;
}

static int
verify(void *ctx, uint16_t scheme, struct mls_buf pub, struct mls_buf msg,
    struct mls_buf sig)
{
	(void)ctx;
	(void)scheme;
	(void)msg;
	return memcmp(pub.data, sig.data, 4) == 0 ? MLS_P_OK : MLS_P_VERIFY;
}

static uint8_t
sum(struct mls_buf b)
{
	uint8_t v = 0;
	size_t i;

	for (i = 0; i < b.len; i++)
		v = (uint8_t)(v + b.data[i]);
	return v;
}

static int
hash(void *ctx, uint16_t kdf, const struct mls_buf *in, size_t n, uint8_t *out)
{
	size_t i;

	(void)ctx;
	(void)kdf;
	memset(out, 0, 4);
	for (i = 0; i < n; i++)
		out[0] = (uint8_t)(out[0] + sum(in[i]));
	return MLS_P_OK;
}

static int
hmac(void *ctx, uint16_t kdf, struct mls_buf key, const struct mls_buf *in,
    size_t n, uint8_t *out)
{
	hash(ctx, kdf, in, n, out);
	out[0] = (uint8_t)(out[0] + sum(key));
	return MLS_P_OK;
}

static int
aead_seal(void *ctx, uint16_t aead, const uint8_t *key, const uint8_t *nonce,
    struct mls_buf aad, struct mls_buf pt, uint8_t *ct)
{
	size_t i;

	(void)ctx;
	(void)aead;
	(void)nonce;
	for (i = 0; i < pt.len; i++)
		ct[i] = pt.data[i] ^ key[0];
	ct[pt.len] = (uint8_t)(sum((struct mls_buf){ ct, pt.len }) + sum(aad));
	return MLS_P_OK;
}

static int
aead_open(void *ctx, uint16_t aead, const uint8_t *key, const uint8_t *nonce,
    struct mls_buf aad, struct mls_buf ct, uint8_t *pt)
{
	struct mls_buf body = { ct.data, ct.len - 1 };
	size_t i;

	(void)ctx;
	(void)aead;
	(void)nonce;
	if (ct.data[body.len] != (uint8_t)(sum(body) + sum(aad)))
		return MLS_P_VERIFY;
	for (i = 0; i < body.len; i++)
		pt[i] = ct.data[i] ^ key[0];
	return MLS_P_OK;
}

static const struct mls_crypto_ops crypto = {
	.size = sizeof(crypto),
	.algorithms = algorithms,
	.key_derive = key_derive,
	.key_public = key_public,
	.key_release = key_release,
	.kem_encap = kem_encap,
	.kem_decap = kem_decap,
	.kem_check_public = kem_check_public,
	.sign = sign,
	.verify = verify,
	.hash = hash,
	.hmac = hmac,
	.aead_seal = aead_seal,
	.aead_open = aead_open,
};

static int
fill(void *ctx, uint8_t *out, size_t len)
{
	(void)ctx;
	memset(out, 7, len);
	return len <= 100 ? MLS_P_OK : MLS_P_IO;
}

static const struct mls_rng_ops rng = { sizeof(rng), fill };

static int
begin(void *ctx, uint32_t writable, struct mls_txn **out)
{
	(void)ctx;
	(void)writable;
	(void)out;
	return MLS_P_BUSY;
}

static int
get(struct mls_txn *txn, struct mls_buf key, mls_record_fn fn, void *arg)
{
	(void)txn;
	(void)key;
	(void)fn;
	(void)arg;
	return MLS_P_NOTFOUND;
}

static int
put(struct mls_txn *txn, struct mls_buf key, struct mls_buf value)
{
	(void)txn;
	(void)key;
	(void)value;
	return MLS_P_IO;
}

static int
del(struct mls_txn *txn, struct mls_buf key)
{
	(void)txn;
	(void)key;
	return MLS_P_IO;
}

static int
commit(struct mls_txn *txn)
{
	(void)txn;
	return MLS_P_IO;
}

static void
rollback(struct mls_txn *txn)
{
	(void)txn;
}

static const struct mls_keystore_ops keystore = {
	sizeof(keystore), begin, get, get, put, del, commit, rollback,
};

static int
init(const struct mls_host *host, const struct mls_param *params, size_t n,
    void **ctx)
{
	char *pos = toy_params;
	uint8_t seed[4];
	size_t i;

	toy_params[0] = '\0';
	if (toy_starving)
		return MLS_P_NOMEM;
	for (i = 0; i < n; i++) {
		pos += snprintf(pos, 60, "%.20s=%.30s;", params[i].name,
		    params[i].value);
		if (strcmp(params[i].name, "busy") == 0)
			return MLS_P_BUSY;
	}
	if (host->random(host->self, seed, sizeof(seed)) != MLS_P_OK)
		return MLS_P_IO;
	*ctx = &toy_running;
	toy_running++;
	return MLS_P_OK;
}

static void
fini(void *ctx)
{
	--*(int *)ctx;
}

const struct mls_provider toy = {
	MLS_PROVIDER_HEADER,
	.name = "toy",
	.version = "1",
	.init = init,
	.fini = fini,
	.crypto = &crypto,
	.keystore = &keystore,
	.rng = &rng,
};

/* Wants a hash of the others while it starts. */
static int
serial_init(const struct mls_host *host, const struct mls_param *params,
    size_t n, void **ctx)
{
	struct mls_buf in = { (const uint8_t *)"a", 1 };
	uint8_t out[4];

	if (host->hash(host->self, TOY_KDF, &in, 1, out) != MLS_P_OK ||
	    out[0] != 'a')
		host->log(host->self, MLS_LOG_WARNING, "no hash lent");
	return init(host, params, n, ctx);
}

const struct mls_provider toy_serial = {
	MLS_PROVIDER_HEADER,
	.name = "serial-toy",
	.flags = MLS_PROVIDER_SERIAL,
	.init = serial_init,
	.fini = fini,
	.crypto = &crypto,
};

static int
broken_init(const struct mls_host *host, const struct mls_param *params,
    size_t n, void **ctx)
{
	(void)params;
	(void)n;
	(void)ctx;
	host->log(host->self, MLS_LOG_ERROR, "slot 2 has no token");
	return MLS_P_AUTH;
}

const struct mls_provider toy_broken = {
	MLS_PROVIDER_HEADER,
	.name = "broken",
	.init = broken_init,
	.crypto = &crypto,
};

const struct mls_provider toy_future = {
	.magic = MLS_PROVIDER_MAGIC,
	.abi = 2,
	.size = sizeof(struct mls_provider),
	.name = "future",
	.init = init,
};

void
toy_log(void *payload, int level, const char *text)
{
	struct toy_log *log = payload;
	size_t used = strlen(log->text);

	(void)level;
	snprintf(log->text + used, sizeof(log->text) - used, "%s\n", text);
}
