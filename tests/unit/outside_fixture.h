/* SPDX-License-Identifier: MIT */
/* What those need who come, or propose, from outside of a group. */
#ifndef TESTS_OUTSIDE_FIXTURE_H
#define TESTS_OUTSIDE_FIXTURE_H

#include "group_fixture.h"

static inline struct mls_bytes
publish(const struct member *m, uint32_t flags)
{
	struct mls_bytes b;

	must(mls_group_publish(&b, m->group, flags));
	return b;
}

static inline mls_change *
make_join(struct member *m, const struct mls_bytes *group_info,
    const struct mls_external_options *o)
{
	mls_change *c;

	must(mls_group_join_external(&c, m->client, octets(group_info),
	    NO_OCTETS, o));
	return c;
}

/* Released and applied; the commit is the caller's to deliver. */
static inline struct mls_bytes
come_in(struct member *m, const struct mls_bytes *group_info,
    const struct mls_external_options *o)
{
	mls_change *c = make_join(m, group_info, o);
	struct mls_bytes commit;

	must(mls_change_release(&commit, c));
	must(mls_change_apply(c));
	mls_group_close(m->group);
	m->group = NULL;
	must(mls_change_group(&m->group, c));
	mls_change_drop(c);
	return commit;
}

/* The extension external_senders with these senders. */
static inline struct mls_bytes
senders(const struct mls_bytes *v, size_t n)
{
	struct mls_bytes b = { malloc(4096), 0 };
	size_t len = 0, i;
	uint8_t *p = b.data;

	for (i = 0; i < n; i++)
		len += v[i].len;
	*p++ = 0;
	*p++ = 5;
	cr_assert_lt(len + 2, 16384);
	*p++ = (uint8_t)(0x40 | (len + 2) >> 8);
	*p++ = (uint8_t)(len + 2);
	*p++ = (uint8_t)(0x40 | len >> 8);
	*p++ = (uint8_t)len;
	for (i = 0; i < n; i++) {
		memcpy(p, v[i].data, v[i].len);
		p += v[i].len;
	}
	b.len = (size_t)(p - b.data);
	return b;
}

#endif
