/* SPDX-License-Identifier: MIT */
/* RFC 9420 §10: key packages. */
#include <string.h>

#include "libmls/errors.h"
#include "message/proposal.h"
#include "message/util.h"

#define LABEL "KeyPackageTBS"

void
mls__key_package_read(struct mls_key_package *out, struct mls_reader *r)
{
	const uint8_t *from = r->pos;

	memset(out, 0, sizeof(*out));
	out->version = mls__read_u16(r);
	out->suite = mls__read_u16(r);
	out->init_key = mls__read_short(r);
	mls__leaf_read(&out->leaf, r);
	out->extensions = mls__extensions_read(r);
	out->tbs = mls__reader_since(r, from);
	out->signature = mls__read_short(r);
	out->raw = mls__reader_since(r, from);
}

int
mls__key_package_sign(struct mls_writer *w,
    const struct mls_key_package *fields, const struct mls_suite *s,
    const struct mls_privkey *key)
{
	size_t at = w->len;

	mls__write_u16(w, MLS_VERSION_MLS10);
	mls__write_u16(w, fields->suite);
	mls__write_opaque(w, fields->init_key);
	mls__write_bytes(w, fields->leaf.raw);
	mls__write_opaque(w, fields->extensions);
	return mls__write_signature(w, at, s, key, LABEL);
}

/* RFC 9420 §10.1, KP-04 and DEC-06: the key of the leaf. */
void
mls__key_package_verify_job(struct mls_verify_job *job,
    const struct mls_key_package *kp)
{
	memset(job, 0, sizeof(*job));
	job->pub = kp->leaf.signature_key;
	job->label = LABEL;
	job->content = kp->tbs;
	job->sig = kp->signature;
	job->error = MLS_E_KEY_PACKAGE_SIGNATURE;
}

/* RFC 9420 §5.2 */
int
mls__key_package_ref(uint8_t *out, const struct mls_suite *s,
    struct mls_buf raw)
{
	return mls__ref_hash(out, s, "MLS 1.0 KeyPackage Reference", raw);
}
