/* SPDX-License-Identifier: MIT */
#include "seals.h"

#include <dlfcn.h>
#include <stdlib.h>

/* A pair that was used, by a hash of 128 bits, and what it sealed. */
struct pair {
	uint64_t a, b, content;
};

bool seals_watched;
unsigned long seals_seen;
static struct pair *pairs; /* open addressing; a and b 0: free */
static size_t room;
static const struct mls_crypto_ops *inner;
static struct mls_crypto_ops ops;
static struct mls_provider provider;
static void *module;

static uint64_t
mix(uint64_t h, const uint8_t *p, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		h = (h ^ p[i]) * 0x100000001b3u;
	h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9u;
	h = (h ^ (h >> 27)) * 0x94d049bb133111ebu;
	return h ^ (h >> 31) ^ len;
}

static struct pair *
find(struct pair *table, size_t n, const struct pair *p)
{
	size_t i = (size_t)p->a & (n - 1);

	while ((table[i].a != 0 || table[i].b != 0) &&
	    (table[i].a != p->a || table[i].b != p->b))
		i = (i + 1) & (n - 1);
	return &table[i];
}

static void
grow(void)
{
	size_t more = room == 0 ? 4096 : room * 2, i;
	struct pair *table = calloc(more, sizeof(*table));

	check(table != NULL);
	for (i = 0; i < room; i++)
		if (pairs[i].a != 0 || pairs[i].b != 0)
			*find(table, more, &pairs[i]) = pairs[i];
	free(pairs);
	pairs = table;
	room = more;
}

static void
watch(const struct pair *p)
{
	struct pair *at;

	if (seals_seen * 2 >= room)
		grow();
	at = find(pairs, room, p);
	if (at->a != 0 || at->b != 0)
		die(__FILE__, __LINE__, "key and nonce were used before, "
		    "to seal %s", at->content == p->content ?
		    "the same octets" : "something else");
	*at = *p;
	seals_seen++;
}

static int
aead_seal(void *ctx, uint16_t aead, const uint8_t *key, const uint8_t *nonce,
    struct mls_buf aad, struct mls_buf pt, uint8_t *ct)
{
	size_t len = aead == 1 ? 16 : 32;
	struct pair p;

	p.a = mix(mix(aead + 1u, key, len), nonce, 12);
	p.b = mix(mix(aead + 77u, nonce, 12), key, len);
	p.content = mix(mix(5, aad.data, aad.len), pt.data, pt.len);
	if (seals_watched)
		watch(&p);
	return inner->aead_seal(ctx, aead, key, nonce, aad, pt, ct);
}

const struct mls_provider *
seals_provider(void)
{
	const struct mls_provider *real;
	char path[512];

	if (module != NULL)
		return &provider;
	snprintf(path, sizeof(path), "%s/openssl.so",
	    provider_folder());
	module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (module == NULL)
		die(__FILE__, __LINE__, "%s", dlerror());
	real = dlsym(module, "mls_provider_1");
	check(real != NULL && real->crypto != NULL);
	provider = *real;
	provider.name = "seals";
	inner = real->crypto;
	check(inner->size <= sizeof(ops));
	memcpy(&ops, inner, inner->size);
	ops.aead_seal = aead_seal;
	provider.crypto = &ops;
	return &provider;
}

void
seals_free(void)
{
	free(pairs);
	pairs = NULL;
	room = 0;
}
