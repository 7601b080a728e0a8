/* SPDX-License-Identifier: MIT */
#include "base/customs.h"

#include "base/error.h"
#include "base/secret.h"

int
mls__customs_opaque(struct mls_buf in, size_t *len)
{
	struct mls_reader r;

	mls__reader_init(&r, in);
	mls__read_opaque(&r);
	if (r.error == 0)
		*len = in.len - mls__reader_left(&r);
	return r.error;
}

static int
any_credential(const void *arg, uint16_t type, struct mls_buf in, size_t *len)
{
	(void)arg;
	(void)type;
	return mls__customs_opaque(in, len);
}

const struct mls_customs mls__customs_any = { NULL, NULL, any_credential };

/* The body that fn measures, taken from the reader. */
static struct mls_buf
read_body(struct mls_reader *r, uint16_t type, int unknown,
    int (*fn)(const void *arg, uint16_t type, struct mls_buf in, size_t *len))
{
	size_t left = mls__reader_left(r), len = 0;
	int rc = unknown;

	if (r->error != 0)
		return mls__buf(NULL, 0);
	if (fn != NULL)
		rc = fn(r->customs->arg, type, mls__buf(r->pos, left), &len);
	if (rc == 0 && len > left)
		rc = MLS_E_INPUT_TRUNCATED;
	if (rc != 0) {
		mls__reader_fail(r, rc);
		return mls__buf(NULL, 0);
	}
	return mls__read_fixed(r, len);
}

struct mls_buf
mls__read_proposal_body(struct mls_reader *r, uint16_t type)
{
	return read_body(r, type, MLS_E_UNKNOWN_PROPOSAL_TYPE,
	    r->customs != NULL ? r->customs->proposal : NULL);
}

struct mls_buf
mls__read_credential_body(struct mls_reader *r, uint16_t type)
{
	return read_body(r, type, MLS_E_UNKNOWN_CREDENTIAL_TYPE,
	    r->customs != NULL ? r->customs->credential : NULL);
}
