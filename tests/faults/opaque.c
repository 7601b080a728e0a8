/* SPDX-License-Identifier: MIT */
/*
 * A token for Ed25519, and for X25519 if the parameter kem is there: keys do
 * not leave it, and what is saved is a name.  The folder that the parameter
 * token gives stands for the hardware, and a good module does the work; see
 * wrong.h.  A key that was saved and destroyed works no more, by whichever handle.
 *
 * If the parameter imports is there, keys for signatures may come from outside.
 * Beside the folder stands what it does: with a file of its name and `.locked`,
 * it destroys nothing; with `.full`, it saves nothing; with `.dies`, the
 * process ends before a key is destroyed; with `.late`, behind it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "wrong.h"

#define ED25519 0x0807
#define X25519 0x0020
#define NAME 16

struct mls_key {
	char name[NAME + 1]; /* its first octets, in hexadecimal */
	uint8_t secret[32];
	uint16_t role, id;
	bool saved;
	struct mls_key *good;
};

struct token {
	struct wrong *w;
	const struct mls_host *host;
	char dir[256];
	struct mls_alg algs[3];
	bool kem, imports;
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
		else if (strcmp(params[i].name, "kem") == 0)
			t->kem = true;
		else if (strcmp(params[i].name, "imports") == 0)
			t->imports = true;
		else
			rest[left++] = params[i];
	rc = wrong_init(host, rest, left, (void **)&t->w);
	if (rc != MLS_P_OK) {
		free(t);
		return rc;
	}
	t->host = host;
	t->algs[0] = (struct mls_alg){ MLS_ROLE_SIGN, ED25519, 32,
		t->imports ? 32 : 0, 64, 0, 0, 0, 0 };
	t->algs[1] = (struct mls_alg){ MLS_ROLE_VERIFY, ED25519, 32, 0, 64, 0,
		0, 0, 0 };
	t->algs[2] = (struct mls_alg){ MLS_ROLE_KEM, X25519, 32, 32, 32, 32,
		32, 0, 0 };
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
	return fault_is(t->w, "signs-alone") ? 1 : t->kem ? 3 : 2;
}

#define GOOD(t) ((t)->w->good->crypto)

static bool
offers(const struct token *t, uint16_t role, uint16_t id)
{
	return (role == MLS_ROLE_SIGN && id == ED25519) ||
	    (t->kem && role == MLS_ROLE_KEM && id == X25519);
}

static int
key_of(struct mls_key **out, struct token *t, uint16_t role, uint16_t id,
    const uint8_t *secret)
{
	struct mls_key *key = calloc(1, sizeof(*key));
	struct mls_buf priv = { secret, 32 };
	size_t i;
	int rc;

	if (key == NULL)
		return MLS_P_NOMEM;
	rc = GOOD(t)->key_import(t->w->ctx, role, id, priv, &key->good);
	if (rc != MLS_P_OK) {
		free(key);
		return rc;
	}
	memcpy(key->secret, secret, 32);
	key->role = role;
	key->id = id;
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
	return key_of(out, t, role, id, secret);
}

static int
key_import(void *ctx, uint16_t role, uint16_t id, struct mls_buf priv,
    struct mls_key **out)
{
	struct token *t = ctx;

	if (!offers(t, role, id) || (role == MLS_ROLE_SIGN && !t->imports))
		return MLS_P_UNSUPPORTED;
	return priv.len == 32 ? key_of(out, t, role, id, priv.data) :
	    MLS_P_ARGUMENT;
}

static int
key_derive(void *ctx, uint16_t kem, struct mls_buf ikm, struct mls_key **out)
{
	struct token *t = ctx;
	struct mls_key *good;
	uint8_t secret[32];
	size_t len = sizeof(secret);
	uint32_t kind;
	int rc;

	if (!offers(t, MLS_ROLE_KEM, kem))
		return MLS_P_UNSUPPORTED;
	rc = GOOD(t)->key_derive(t->w->ctx, kem, ikm, &good);
	if (rc != MLS_P_OK)
		return rc;
	rc = GOOD(t)->key_save(t->w->ctx, good, &kind, secret, &len);
	GOOD(t)->key_release(t->w->ctx, good);
	return rc != MLS_P_OK ? rc :
	    key_of(out, t, MLS_ROLE_KEM, kem, secret);
}

static void
file_of(char out[300], const struct token *t, const char *name)
{
	snprintf(out, 300, "%s/%s", t->dir, name);
}

/* What stands beside the folder. */
static bool
told(const struct token *t, const char *what)
{
	char file[300];

	snprintf(file, sizeof(file), "%s.%s", t->dir, what);
	return access(file, F_OK) == 0;
}

static bool
is_gone(const struct token *t, const struct mls_key *key)
{
	char file[300];

	file_of(file, t, key->name);
	return key->saved && access(file, F_OK) != 0;
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
	if (is_gone(t, key))
		return MLS_P_GONE;
	if (told(t, "full"))
		return MLS_P_FULL;
	file_of(file, t, key->name);
	fd = open(file, O_WRONLY | O_CREAT, 0600);
	if (fd < 0)
		return MLS_P_IO;
	written = write(fd, key->secret, 32) == 32;
	if (close(fd) != 0 || !written)
		return MLS_P_IO;
	((struct mls_key *)(uintptr_t)key)->saved = true;
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
	int fd, rc;

	if (!offers(t, role, id))
		return MLS_P_UNSUPPORTED;
	if (blob.len != NAME)
		return MLS_P_NOTFOUND;
	memcpy(name, blob.data, NAME);
	file_of(file, t, name);
	fd = open(file, O_RDONLY);
	got = fd < 0 ? -1 : read(fd, secret, 32);
	if (fd >= 0)
		close(fd);
	if (got != 32)
		return fault_is(t->w, "unplugged") ? MLS_P_GONE :
		    MLS_P_NOTFOUND;
	rc = key_of(out, t, role, id, secret);
	if (rc == MLS_P_OK)
		(*out)->saved = true;
	return rc;
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
	bool locked = told(t, "locked") ||
	    (fault_is(t->w, "once") && is_gone(t, key));

	if (told(t, "dies"))
		_exit(3);
	file_of(file, t, key->name);
	if (!locked && !fault_is(t->w, "undead"))
		unlink(file);
	if (told(t, "late"))
		_exit(3);
	key_release(ctx, key);
	return locked ? MLS_P_AUTH : MLS_P_OK;
}

static int
sign(void *ctx, const struct mls_key *key, struct mls_buf msg, uint8_t *sig,
    size_t *len)
{
	struct token *t = ctx;
	int rc = is_gone(t, key) ? MLS_P_GONE :
	    GOOD(t)->sign(t->w->ctx, key->good, msg, sig, len);

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

static int
kem_encap(void *ctx, uint16_t kem, struct mls_buf pub, const uint8_t *seed,
    uint8_t *enc, uint8_t *shared)
{
	struct token *t = ctx;

	return offers(t, MLS_ROLE_KEM, kem) ? GOOD(t)->kem_encap(t->w->ctx,
	    kem, pub, seed, enc, shared) : MLS_P_UNSUPPORTED;
}

static int
kem_decap(void *ctx, const struct mls_key *key, struct mls_buf enc,
    uint8_t *shared)
{
	struct token *t = ctx;

	return is_gone(t, key) ? MLS_P_GONE :
	    GOOD(t)->kem_decap(t->w->ctx, key->good, enc, shared);
}

static int
kem_check_public(void *ctx, uint16_t kem, struct mls_buf pub)
{
	struct token *t = ctx;

	return offers(t, MLS_ROLE_KEM, kem) ? GOOD(t)->kem_check_public(
	    t->w->ctx, kem, pub) : MLS_P_UNSUPPORTED;
}

static const struct mls_crypto_ops ops = {
	.size = sizeof(ops),
	.algorithms = algorithms,
	.key_generate = key_generate,
	.key_derive = key_derive,
	.key_import = key_import,
	.key_load = key_load,
	.key_save = key_save,
	.key_public = key_public,
	.key_destroy = key_destroy,
	.key_release = key_release,
	.sign = sign,
	.verify = verify,
	.kem_encap = kem_encap,
	.kem_decap = kem_decap,
	.kem_check_public = kem_check_public,
};

MLS_PROVIDER(opaque) = {
	MLS_PROVIDER_HEADER,
	.name = "opaque",
	.init = init,
	.fini = fini,
	.crypto = &ops,
};
