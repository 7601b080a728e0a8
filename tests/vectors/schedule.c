/* SPDX-License-Identifier: MIT */
/* key-schedule, transcript-hashes and welcome. */
#include <string.h>

#include "crypto/hpke.h"
#include "libmls/errors.h"
#include "message/message.h"
#include "schedule/context.h"
#include "schedule/epoch.h"
#include "vectors.h"

/* The GroupContext of an epoch, checked against the vector's. */
static struct mls_buf
epoch_context(struct vec *v, const json_t *o, uint64_t epoch)
{
	struct mls_group_context c = {
		.version = MLS_VERSION_MLS10, .suite = v->suite->row->number,
		.group_id = vec_hex(v, v->json, "group_id"), .epoch = epoch,
		.tree_hash = vec_hex(v, o, "tree_hash"),
		.confirmed_transcript_hash = vec_hex(v, o,
		    "confirmed_transcript_hash")
	};
	struct mls_buf want = vec_hex(v, o, "group_context");
	struct mls_writer w = { 0 };
	struct mls_reader r;

	mls__group_context_write(&w, &c);
	vec_equal(v, "group_context", mls__writer_buf(&w), want);
	mls__writer_free(&w);
	mls__reader_init(&r, want);
	mls__group_context_read(&c, &r);
	vec_ok(v, "group_context", mls__reader_end(&r));
	vec_ok(v, "group_context", mls__group_context_check(&c, v->suite));
	vec_same(v, "epoch", c.epoch, epoch);
	return want;
}

static void
check_secrets(struct vec *v, const json_t *o, const struct mls_epoch *e)
{
	const struct {
		const char *field;
		const struct mls_secret *secret;
	} list[] = {
		{ "init_secret", &e->init },
		{ "sender_data_secret", &e->sender_data },
		{ "encryption_secret", &e->encryption },
		{ "exporter_secret", &e->exporter },
		{ "epoch_authenticator", &e->authenticator },
		{ "external_secret", &e->external },
		{ "confirmation_key", &e->confirmation },
		{ "membership_key", &e->membership },
		{ "resumption_psk", &e->resumption },
	};
	size_t i;

	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		vec_expect(v, o, list[i].field,
		    mls__secret_buf(list[i].secret));
}

static void
check_exports(struct vec *v, const json_t *o, const struct mls_epoch *e)
{
	const json_t *exporter = vec_object(v, o, "exporter");
	size_t len = (size_t)vec_number(v, exporter, "length");
	struct mls_privkey *key = NULL;
	uint8_t out[1024];

	if (vec_ok(v, "external_pub", mls__epoch_external_key(&key, v->suite,
	    e)))
		vec_expect(v, o, "external_pub", mls__key_public(key));
	mls__key_free(key);
	if (!vec_true(v, "exporter.length", len <= sizeof(out)))
		return;
	vec_ok(v, "exporter", mls__epoch_export(out, len, v->suite, e,
	    vec_text(v, exporter, "label"), vec_hex(v, exporter,
	    "context")));
	vec_expect(v, exporter, "secret", mls__buf(out, len));
}

void
vec_key_schedule(struct vec *v)
{
	const json_t *o;
	struct mls_secret init = vec_secret(v, v->json,
	    "initial_init_secret");
	struct mls_secret commit, psk, joiner = { 0 }, welcome = { 0 };
	struct mls_epoch e;
	struct mls_buf context;
	size_t i;

	json_array_foreach(vec_array(v, v->json, "epochs"), i, o) {
		memset(&e, 0, sizeof(e));
		context = epoch_context(v, o, i);
		commit = vec_secret(v, o, "commit_secret");
		psk = vec_secret(v, o, "psk_secret");
		vec_ok(v, "joiner_secret", mls__epoch_joiner(&joiner,
		    v->suite, &init, &commit, context));
		vec_expect(v, o, "joiner_secret", mls__secret_buf(&joiner));
		vec_ok(v, "welcome_secret", mls__epoch_welcome_secret(
		    &welcome, v->suite, &joiner, &psk));
		vec_expect(v, o, "welcome_secret",
		    mls__secret_buf(&welcome));
		vec_ok(v, "epoch_secret", mls__epoch_enter(&e, v->suite,
		    &joiner, &psk, context));
		check_secrets(v, o, &e);
		check_exports(v, o, &e);
		init = e.init;
	}
}

void
vec_transcript_hashes(struct vec *v)
{
	struct mls_buf in = vec_hex(v, v->json, "authenticated_content");
	struct mls_buf confirmed = vec_hex(v, v->json,
	    "confirmed_transcript_hash_after");
	struct mls_epoch e = { .confirmation = vec_secret(v, v->json,
	    "confirmation_key") };
	struct mls_secret tag = { 0 }, hash = { 0 };
	struct mls_authentic a;
	struct mls_writer w = { 0 };
	struct mls_reader r;

	mls__reader_init(&r, in);
	mls__authentic_read(&a, &v->arena, &r);
	if (!vec_ok(v, "authenticated_content", mls__reader_end(&r)))
		return;
	vec_same(v, "content_type", a.content.type, MLS_CONTENT_COMMIT);
	mls__authentic_write(&w, &a);
	vec_equal(v, "authenticated_content", mls__writer_buf(&w), in);
	mls__writer_free(&w);
	vec_ok(v, "confirmation_tag", mls__confirmation_tag(&tag, v->suite,
	    &e, confirmed));
	vec_ok(v, "confirmation_tag", mls__tag_check(&tag,
	    a.confirmation_tag, MLS_E_CONFIRMATION_TAG_INVALID));
	vec_ok(v, "confirmed", mls__transcript_confirmed(&hash, v->suite,
	    vec_hex(v, v->json, "interim_transcript_hash_before"),
	    a.wire_format, a.content.raw, a.signature));
	vec_equal(v, "confirmed_transcript_hash_after",
	    mls__secret_buf(&hash), confirmed);
	vec_ok(v, "interim", mls__transcript_interim(&hash, v->suite,
	    confirmed, a.confirmation_tag));
	vec_expect(v, v->json, "interim_transcript_hash_after",
	    mls__secret_buf(&hash));
}

/* Our entry of the Welcome: the one that names the key package. */
static const struct mls_welcome_entry *
find_entry(struct vec *v, const struct mls_welcome *welcome,
    struct mls_buf package)
{
	uint8_t ref[MLS_MAX_HASH];
	size_t i;

	vec_ok(v, "key_package", mls__key_package_ref(ref, v->suite,
	    package));
	for (i = 0; i < welcome->n; i++)
		if (mls__equal(welcome->entries[i].new_member,
		    mls__buf(ref, v->suite->nh)))
			return &welcome->entries[i];
	vec_fail(v, "welcome", "has no entry for the key package");
	return NULL;
}

static bool
open_secrets(struct mls_group_secrets *out, struct vec *v,
    const struct mls_welcome *welcome, const struct mls_welcome_entry *entry)
{
	struct mls_privkey *key = vec_key(v, MLS_ROLE_KEM,
	    vec_hex(v, v->json, "init_priv"), "init_priv");
	uint8_t *pt = mls__arena_alloc(&v->arena, entry->secrets.ct.len);
	struct mls_hpke_info info;
	struct mls_reader r;
	bool ok;

	ok = key != NULL && pt != NULL &&
	    vec_ok(v, "secrets", mls__welcome_entry_check(entry, v->suite)) &&
	    vec_ok(v, "secrets", mls__hpke_prepare_label(&info, v->suite,
	    "Welcome", welcome->group_info)) &&
	    vec_ok(v, "secrets", mls__hpke_open(pt, &info, key,
	    entry->secrets.enc, mls__buf(NULL, 0), entry->secrets.ct,
	    MLS_E_GROUP_SECRETS_DECRYPT));
	mls__key_free(key);
	if (!ok)
		return false;
	mls__reader_init(&r, mls__buf(pt,
	    entry->secrets.ct.len - v->suite->nt));
	mls__group_secrets_read(out, &v->arena, &r);
	return vec_ok(v, "group_secrets", mls__reader_end(&r)) &&
	    vec_ok(v, "group_secrets", mls__group_secrets_check(out,
	    v->suite));
}

static bool
open_group_info(struct mls_group_info *out, struct vec *v,
    const struct mls_welcome *welcome, const struct mls_secret *joiner,
    const struct mls_secret *psk)
{
	struct mls_message_key key;
	struct mls_verify_job job;
	struct mls_reader r;
	struct mls_buf ct = welcome->group_info;
	uint8_t *pt = mls__arena_alloc(&v->arena, ct.len);

	if (pt == NULL)
		return vec_fail(v, "group_info", "out of memory");
	if (!vec_ok(v, "welcome_secret", mls__epoch_welcome(key.key,
	    key.nonce, v->suite, joiner, psk)) ||
	    !vec_ok(v, "encrypted_group_info", mls__aead_open(pt, v->suite,
	    key.key, key.nonce, mls__buf(NULL, 0), ct,
	    MLS_E_GROUP_INFO_DECRYPT)))
		return false;
	mls__reader_init(&r, mls__buf(pt, ct.len - v->suite->nt));
	mls__group_info_read(out, &r);
	if (!vec_ok(v, "group_info", mls__reader_end(&r)))
		return false;
	mls__group_info_verify_job(&job, out, vec_hex(v, v->json,
	    "signer_pub"));
	return vec_ok(v, "signer_pub", mls__verify_with_label(v->suite,
	    &job));
}

void
vec_welcome(struct vec *v)
{
	struct mls_message package, message;
	const struct mls_welcome *welcome = &message.u.welcome;
	const struct mls_welcome_entry *entry;
	struct mls_group_secrets secrets;
	struct mls_group_info info;
	struct mls_secret joiner = { 0 }, psk = { 0 }, tag = { 0 };
	struct mls_verify_job job;
	struct mls_epoch e;

	if (!vec_ok(v, "key_package", mls__message_read(&package, &v->arena,
	    vec_hex(v, v->json, "key_package"), NULL)) ||
	    !vec_ok(v, "welcome", mls__message_read(&message, &v->arena,
	    vec_hex(v, v->json, "welcome"), NULL)))
		return;
	vec_same(v, "key_package", package.wire_format,
	    MLS_WIRE_KEY_PACKAGE);
	vec_same(v, "welcome", message.wire_format, MLS_WIRE_WELCOME);
	mls__key_package_verify_job(&job, &package.u.key_package);
	vec_ok(v, "key_package", mls__verify_with_label(v->suite, &job));
	entry = find_entry(v, welcome, package.u.key_package.raw);
	if (entry == NULL || !open_secrets(&secrets, v, welcome, entry))
		return;
	vec_ok(v, "joiner_secret", mls__secret_set(&joiner,
	    secrets.joiner_secret));
	vec_ok(v, "psk_secret", mls__psk_secret(&psk, v->suite, NULL, 0));
	if (!open_group_info(&info, v, welcome, &joiner, &psk))
		return;
	if (!vec_ok(v, "epoch", mls__epoch_enter(&e, v->suite, &joiner, &psk,
	    info.context.raw)))
		return;
	vec_ok(v, "confirmation_tag", mls__confirmation_tag(&tag, v->suite,
	    &e, info.context.confirmed_transcript_hash));
	vec_ok(v, "confirmation_tag", mls__tag_check(&tag,
	    info.confirmation_tag, MLS_E_WELCOME_CONFIRMATION_TAG));
}
