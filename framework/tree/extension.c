/* SPDX-License-Identifier: MIT */
/* RFC 9420 §13.4: extension lists. */
#include "tree/node.h"

#include "base/error.h"

bool
mls__extension_next(struct mls_extension *out, struct mls_reader *list)
{
	struct mls_extension e;

	if (!mls__reader_more(list))
		return false;
	e.type = mls__read_u16(list);
	e.data = mls__read_opaque(list);
	if (list->error != 0)
		return false;
	*out = e;
	return true;
}

/* WIRE-21; the list is at most MLS_LIMIT_EXTENSIONS long. */
static void
check_twin(struct mls_reader *r, const uint16_t *seen, size_t n,
    uint16_t type)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (seen[i] == type)
			mls__reader_fail(r, MLS_E_DUPLICATE_EXTENSION);
}

/* LIMIT-11, WIRE-21 */
struct mls_buf
mls__extensions_read(struct mls_reader *r)
{
	struct mls_reader sub = mls__read_vector(r);
	const uint8_t *from = sub.pos;
	size_t bytes = mls__reader_left(&sub), n = 0;
	uint16_t seen[MLS_LIMIT_EXTENSIONS];
	struct mls_extension e;

	while (mls__extension_next(&e, &sub)) {
		if (n == MLS_LIMIT_EXTENSIONS) {
			mls__reader_fail(&sub, MLS_E_TOO_MANY_EXTENSIONS);
			break;
		}
		check_twin(&sub, seen, n, e.type);
		seen[n++] = e.type;
		if (e.type == MLS_EXT_RATCHET_TREE)
			bytes -= e.data.len;
	}
	if (bytes > MLS_LIMIT_EXTENSION_BYTES)
		mls__reader_fail(&sub, MLS_E_TOO_MANY_EXTENSIONS);
	mls__reader_join(r, &sub);
	if (r->error != 0)
		return (struct mls_buf){ NULL, 0 };
	return mls__reader_since(&sub, from);
}

bool
mls__extension_find(struct mls_buf *data, struct mls_buf list, uint16_t type)
{
	struct mls_extension e;
	struct mls_reader r;

	mls__reader_init(&r, list);
	while (mls__extension_next(&e, &r)) {
		if (e.type == type) {
			*data = e.data;
			return true;
		}
	}
	return false;
}

bool
mls__extension_is_default(uint16_t type)
{
	return type >= MLS_EXT_APPLICATION_ID &&
	    type <= MLS_EXT_EXTERNAL_SENDERS;
}

bool
mls__proposal_is_default(uint16_t type)
{
	return type >= 1 && type <= 7; /* add to group_context_extensions */
}
