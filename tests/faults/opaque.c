/* SPDX-License-Identifier: MIT */
/*
 * A token for Ed25519: keys are made in it and never leave it, and what is
 * saved is a name.  The folder that the parameter token gives stands for the
 * hardware, and a good module does the work; see wrong.h.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "wrong.h"

#define ED25519 0x0807
#define NAME 16

struct mls_key {
	char name[NAME + 1]; /* its first octets, in hexadecimal */
	uint8_t secret[32];
	struct mls_key *good;
};

struct token {
	struct wrong *w;
	const struct mls_host *host;
	char dir[256];
	struct mls_alg algs[2];
};

static int
init(const struct mls_host *host, const struct mls_param *params, size_t n,
    void **ctx)
{
	struct token *t = calloc(1, sizeof(*t));
	struct mls_param rest[16];
	size_t left = 0, i;
	int rc;

	if (t == NULL || n > 16)
		return MLS_P_NOMEM;
	for (i = 0; i < n; i++)
		if (strcmp(params[i].name, "token") == 0)
			copy_text(t->dir, sizeof(t->dir), params[i].value);
		else
			rest[left++] = params[i];
	rc = wrong_init(host, rest, left, (void **)&t->w);
	if (rc != MLS_P_OK) {
		free(t);
		return rc;
	}
	t->host = host;
	t->algs[0] = (struct mls_alg){ MLS_ROLE_SIGN, ED25519, 32, 0, 64, 0,
		0, 0, 0 };
	t->algs[1] = (struct mls_alg){ MLS_ROLE_VERIFY, ED25519, 32, 0, 64, 0,
		0, 0, 0 };
	*ctx = t;
	return MLS_P_OK;
}

static void
fini(void *ctx)
{
	struct token *t = ctx;

	wrong_fini(t->w);
	free(t);
}

static size_t
algorithms(void *ctx, const struct mls_alg **list)
{
	struct token *t = ctx;

	*list = t->algs;
	return fault_is(t->w, "signs-alone") ? 1 : 2;
}

#define GOOD(t) ((t)->w->good->crypto)

static int
key_of(struct mls_key **out, struct token *t, const uint8_t *secret)
{
	struct mls_key *key = calloc(1, sizeof(*key));
	struct mls_buf priv = { secret, 32 };
	size_t i;
	int rc;

	if (key == NULL)
		return MLS_P_NOMEM;
	rc = GOOD(t)->key_import(t->w->ctx, MLS_ROLE_SIGN, ED25519, priv,
	    &key->good);
	if (rc != MLS_P_OK) {
		free(key);
		return rc;
	}
	memcpy(key->secret, secret, 32);
	for (i = 0; i < NAME / 2; i++)
		snprintf(key->name + 2 * i, 3, "%02x", secret[i]);
	*out = key;
	return MLS_P_OK;
}

static int
key_generate(void *ctx, uint16_t role, uint16_t id, struct mls_key **out)
{
	struct token *t = ctx;
	uint8_t secret[32];

	if (role != MLS_ROLE_SIGN || id != ED25519)
		return MLS_P_UNSUPPORTED;
	if (t->host->random(t->host->self, secret, 32) != MLS_P_OK)
		return MLS_P_IO;
	return key_of(out, t, secret);
}

static void
file_of(char out[300], const struct token *t, const char *name)
{
	snprintf(out, 300, "%s/%s", t->dir, name);
}

static int
key_save(void *ctx, const struct mls_key *key, uint32_t *kind, uint8_t *blob,
    size_t *len)
{
	struct token *t = ctx;
	char file[300];
	bool written;
	int fd;

	if (*len < NAME)
		return MLS_P_SPACE;
	file_of(file, t, key->name);
	fd = open(file, O_WRONLY | O_CREAT, 0600);
	if (fd < 0)
		return MLS_P_IO;
	written = write(fd, key->secret, 32) == 32;
	if (close(fd) != 0 || !written)
		return MLS_P_IO;
	*kind = fault_is(t->w, "tells") ? MLS_KEY_RAW : MLS_KEY_REF;
	memcpy(blob, key->name, NAME);
	*len = NAME;
	return MLS_P_OK;
}

static int
key_load(void *ctx, uint16_t role, uint16_t id, struct mls_buf blob,
    struct mls_key **out)
{
	struct token *t = ctx;
	char file[300], name[NAME + 1] = "";
	uint8_t secret[32];
	ssize_t got;
	int fd;

	if (role != MLS_ROLE_SIGN || id != ED25519)
		return MLS_P_UNSUPPORTED;
	if (blob.len != NAME)
		return MLS_P_NOTFOUND;
	memcpy(name, blob.data, NAME);
	file_of(file, t, name);
	fd = open(file, O_RDONLY);
	got = fd < 0 ? -1 : read(fd, secret, 32);
	if (fd >= 0)
		close(fd);
	return got == 32 ? key_of(out, t, secret) : MLS_P_NOTFOUND;
}

static int
key_public(void *ctx, const struct mls_key *key, uint8_t *pub, size_t *len)
{
	struct token *t = ctx;

	return GOOD(t)->key_public(t->w->ctx, key->good, pub, len);
}

static void
key_release(void *ctx, struct mls_key *key)
{
	struct token *t = ctx;

	if (key == NULL)
		return;
	GOOD(t)->key_release(t->w->ctx, key->good);
	free(key);
}

static int
key_destroy(void *ctx, struct mls_key *key)
{
	struct token *t = ctx;
	char file[300];

	file_of(file, t, key->name);
	if (!fault_is(t->w, "undead"))
		unlink(file);
	key_release(ctx, key);
	return MLS_P_OK;
}

static int
sign(void *ctx, const struct mls_key *key, struct mls_buf msg, uint8_t *sig,
    size_t *len)
{
	struct token *t = ctx;
	int rc = GOOD(t)->sign(t->w->ctx, key->good, msg, sig, len);

	if (rc == MLS_P_OK && fault_is(t->w, "signature"))
		sig[0] ^= 1;
	return rc;
}

static int
verify(void *ctx, uint16_t scheme, struct mls_buf pub, struct mls_buf msg,
    struct mls_buf sig)
{
	struct token *t = ctx;

	return scheme == ED25519 ? GOOD(t)->verify(t->w->ctx, scheme, pub,
	    msg, sig) : MLS_P_UNSUPPORTED;
}

static const struct mls_crypto_ops ops = {
	.size = sizeof(ops),
	.algorithms = algorithms,
	.key_generate = key_generate,
	.key_load = key_load,
	.key_save = key_save,
	.key_public = key_public,
	.key_destroy = key_destroy,
	.key_release = key_release,
	.sign = sign,
	.verify = verify,
};

MLS_PROVIDER(opaque) = {
	MLS_PROVIDER_HEADER,
	.name = "opaque",
	.init = init,
	.fini = fini,
	.crypto = &ops,
};
