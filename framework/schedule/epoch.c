/* SPDX-License-Identifier: MIT */
#include "schedule/epoch.h"

#include <stddef.h>
#include <string.h>

#include "libmls/errors.h"

/* What is derived from the epoch_secret (§8, table 4): first what is stored, in
 * that order. */
static const struct {
	const char *label;
	size_t at;
} secrets[] = {
	{ "sender data", offsetof(struct mls_epoch, sender_data) },
	{ "exporter", offsetof(struct mls_epoch, exporter) },
	{ "external", offsetof(struct mls_epoch, external) },
	{ "membership", offsetof(struct mls_epoch, membership) },
	{ "resumption", offsetof(struct mls_epoch, resumption) },
	{ "authentication", offsetof(struct mls_epoch, authenticator) },
	{ "init", offsetof(struct mls_epoch, init) },
	/* not beyond the beginning of the epoch */
	{ "encryption", offsetof(struct mls_epoch, encryption) },
	{ "confirm", offsetof(struct mls_epoch, confirmation) },
};

#define N_SECRETS (sizeof(secrets) / sizeof(secrets[0]))
#define N_STORED (N_SECRETS - 2)

static struct mls_secret *
member(struct mls_epoch *e, size_t i)
{
	return (struct mls_secret *)(void *)((uint8_t *)e + secrets[i].at);
}

static const struct mls_secret *
const_member(const struct mls_epoch *e, size_t i)
{
	return (const struct mls_secret *)(const void *)((const uint8_t *)e +
	    secrets[i].at);
}

void
mls__epoch_wipe(struct mls_epoch *e)
{
	mls__wipe(e, sizeof(*e));
}

void
mls__epoch_begun(struct mls_epoch *e)
{
	mls__secret_wipe(&e->encryption);
	mls__secret_wipe(&e->confirmation);
}

/* ExpandWithLabel(secret, label, context, KDF.Nh) as a secret. */
static int
expand(struct mls_secret *out, const struct mls_suite *s,
    const struct mls_secret *secret, const char *label,
    struct mls_buf context)
{
	struct mls_secret t = { 0 };
	int rc;

	rc = mls__expand_with_label(t.data, s->nh, s, secret, label, context);
	if (rc == 0) {
		t.len = (uint8_t)s->nh;
		*out = t;
	}
	mls__secret_wipe(&t);
	return rc;
}

int
mls__epoch_joiner(struct mls_secret *joiner, const struct mls_suite *s,
    const struct mls_secret *init, const struct mls_secret *commit,
    struct mls_buf context)
{
	struct mls_secret t = { 0 };
	int rc;

	rc = mls__kdf_extract(&t, s, mls__secret_buf(init),
	    mls__secret_buf(commit));
	if (rc == 0)
		rc = expand(joiner, s, &t, "joiner", context);
	mls__secret_wipe(&t);
	return rc;
}

/* What welcome_secret and epoch_secret both come from. */
static int
extract_psk(struct mls_secret *out, const struct mls_suite *s,
    const struct mls_secret *joiner, const struct mls_secret *psk)
{
	return mls__kdf_extract(out, s, mls__secret_buf(joiner),
	    mls__secret_buf(psk));
}

int
mls__epoch_welcome_secret(struct mls_secret *out, const struct mls_suite *s,
    const struct mls_secret *joiner, const struct mls_secret *psk)
{
	struct mls_secret t = { 0 };
	int rc;

	rc = extract_psk(&t, s, joiner, psk);
	if (rc == 0)
		rc = mls__derive_secret(out, s, &t, "welcome");
	mls__secret_wipe(&t);
	return rc;
}

/* RFC 9420 §12.4.3.1 */
int
mls__epoch_welcome(uint8_t *key, uint8_t *nonce, const struct mls_suite *s,
    const struct mls_secret *joiner, const struct mls_secret *psk)
{
	struct mls_buf none = { NULL, 0 };
	struct mls_secret welcome = { 0 };
	int rc;

	rc = mls__epoch_welcome_secret(&welcome, s, joiner, psk);
	if (rc == 0)
		rc = mls__expand_with_label(key, s->nk, s, &welcome, "key",
		    none);
	if (rc == 0)
		rc = mls__expand_with_label(nonce, s->nn, s, &welcome,
		    "nonce", none);
	if (rc != 0)
		mls__wipe(key, s->nk);
	mls__secret_wipe(&welcome);
	return rc;
}

int
mls__epoch_enter(struct mls_epoch *out, const struct mls_suite *s,
    const struct mls_secret *joiner, const struct mls_secret *psk,
    struct mls_buf context)
{
	struct mls_secret t = { 0 }, epoch = { 0 };
	int rc;

	rc = extract_psk(&t, s, joiner, psk);
	if (rc == 0)
		rc = expand(&epoch, s, &t, "epoch", context);
	if (rc == 0)
		rc = mls__epoch_derive(out, s, &epoch);
	mls__secret_wipe(&t);
	mls__secret_wipe(&epoch);
	return rc;
}

int
mls__epoch_derive(struct mls_epoch *out, const struct mls_suite *s,
    const struct mls_secret *epoch_secret)
{
	struct mls_epoch e;
	size_t i;
	int rc = 0;

	memset(&e, 0, sizeof(e));
	for (i = 0; rc == 0 && i < N_SECRETS; i++)
		rc = mls__derive_secret(member(&e, i), s, epoch_secret,
		    secrets[i].label);
	if (rc == 0)
		*out = e;
	mls__epoch_wipe(&e);
	return rc;
}

/* RFC 9420 §8.5, KS-04 and CRYPT-10 */
int
mls__epoch_export(uint8_t *out, size_t len, const struct mls_suite *s,
    const struct mls_epoch *epoch, const char *label, struct mls_buf context)
{
	struct mls_secret t = { 0 };
	uint8_t hash[MLS_MAX_HASH];
	int rc;

	if (len == 0)
		return MLS_E_EXPORTER_LENGTH;
	if (len > UINT16_MAX || len > 255 * s->nh)
		return MLS_E_KDF_LENGTH;
	rc = mls__derive_secret(&t, s, &epoch->exporter, label);
	if (rc == 0)
		rc = mls__hash(hash, s, &context, 1);
	if (rc == 0)
		rc = mls__expand_with_label(out, len, s, &t, "exported",
		    mls__buf(hash, s->nh));
	mls__secret_wipe(&t);
	return rc;
}

int
mls__epoch_external_key(struct mls_privkey **out, const struct mls_suite *s,
    const struct mls_epoch *epoch)
{
	return mls__key_derive(out, s, mls__secret_buf(&epoch->external));
}

/* RFC 9420 §6.1 */
int
mls__confirmation_tag(struct mls_secret *out, const struct mls_suite *s,
    const struct mls_epoch *epoch, struct mls_buf confirmed)
{
	return mls__mac(out, s, &epoch->confirmation, confirmed);
}

/* RFC 9420 §6.1 and §6.2, CRYPT-09 */
int
mls__tag_check(const struct mls_secret *want, struct mls_buf got, int error)
{
	if (got.len != want->len)
		return MLS_E_MAC_LENGTH;
	return mls__equal_ct(mls__secret_buf(want), got) ? 0 : error;
}

void
mls__epoch_write(struct mls_writer *w, const struct mls_epoch *e)
{
	const struct mls_secret *t;
	size_t i;

	for (i = 0; i < N_STORED; i++) {
		t = const_member(e, i);
		mls__write_u8(w, t->len);
		mls__write_bytes(w, mls__secret_buf(t));
	}
}

void
mls__epoch_read(struct mls_epoch *out, struct mls_reader *r)
{
	struct mls_buf b;
	size_t i;
	int rc;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < N_STORED; i++) {
		b = mls__read_fixed(r, mls__read_u8(r));
		rc = mls__secret_set(member(out, i), b);
		if (rc != 0)
			mls__reader_fail(r, rc);
	}
	if (r->error != 0)
		mls__epoch_wipe(out);
}
