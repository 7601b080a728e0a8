/* SPDX-License-Identifier: MIT */
#include "crypto/twin.h"

#include "base/alloc.h"
#include "base/error.h"
#include "plugin/suites.h"

enum verdict { TAKEN, REFUSED, FAILED };

static enum verdict
verdict(int status)
{
	switch (status) {
	case MLS_P_OK:
		return TAKEN;
	case MLS_P_VERIFY:
	case MLS_P_ARGUMENT:
		return REFUSED;
	default:
		return FAILED;
	}
}

static const struct mls_route *
route_of(const struct mls_suite *s, uint16_t role)
{
	const struct mls_route *const routes[] = { NULL, &s->kem, &s->aead,
		&s->hash, &s->sign, &s->verify };

	return routes[role];
}

int
mls__twin_begin(struct mls_twin *t, const struct mls_suite *s, uint16_t role,
    size_t len)
{
	*t = (struct mls_twin){ .suite = s, .inst = s->second[role],
		.role = role };
	if (t->inst == NULL)
		return 0;
	t->data = mls__alloc(len + 1);
	if (t->data == NULL)
		return MLS_E_OUT_OF_MEMORY;
	t->len = len;
	return 0;
}

void
mls__twin_drop(struct mls_twin *t)
{
	mls__free_wiped(t->data, t->len);
	t->data = NULL;
	t->inst = NULL;
}

static int
disagree(const struct mls_twin *t, const char *what)
{
	const struct mls_route *first = route_of(t->suite, t->role);
	const char *name = mls__alg_name(t->role, first->alg->id);

	mls__log(t->suite->plugins, MLS_LOG_ERROR, "%s and %s disagree on %s "
	    "of %s 0x%04x%s%s%s", first->inst->name, t->inst->name, what,
	    mls__role_name(t->role), (unsigned)first->alg->id,
	    name != NULL ? " (" : "", name != NULL ? name : "",
	    name != NULL ? ")" : "");
	return MLS_E_PROVIDER_DISAGREEMENT;
}

static int
judge(const struct mls_twin *t, const char *what, int first,
    const uint8_t *out)
{
	enum verdict a = verdict(first), b = verdict(t->status);

	if (a == FAILED)
		return 0;
	if (b == FAILED) {
		mls__log(t->suite->plugins, MLS_LOG_ERROR, "%s, which checks "
		    "others, failed in %s of %s", t->inst->name, what,
		    mls__role_name(t->role));
		return mls__error_of_status(t->status);
	}
	if (a != b || (a == TAKEN && !mls__equal_ct(mls__buf(out, t->len),
	    mls__buf(t->data, t->len))))
		return disagree(t, what);
	return 0;
}

int
mls__twin_end(struct mls_twin *t, const char *what, int first,
    const uint8_t *out)
{
	int rc;

	if (t->inst == NULL)
		return 0;
	rc = judge(t, what, first, out);
	mls__twin_drop(t);
	return rc;
}
