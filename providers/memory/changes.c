/* SPDX-License-Identifier: MIT */
#include "changes.h"

static const struct mls_buf nothing = { NULL, 0 };

int
mls__changes_put(struct mls_changes *c, uint32_t rank, struct mls_buf key,
    struct mls_buf value)
{
	return mls__map_put(&c->put, &c->trail, rank, key, value);
}

int
mls__changes_del(struct mls_changes *c, uint32_t rank, struct mls_buf key)
{
	int status = mls__map_put(&c->gone, &c->gone_trail, rank, key,
	    nothing);

	if (status != MLS_P_OK || c->put.root == NULL)
		return status;
	c->trail.depth = 0;
	return mls__map_del(&c->put, key);
}

int
mls__changes_get(const struct mls_changes *c, struct mls_map map,
    struct mls_buf key, mls_record_fn fn, void *arg)
{
	if (mls__map_has(c->put, key))
		map = c->put;
	else if (mls__map_has(c->gone, key))
		return MLS_P_NOTFOUND;
	return mls__map_get(map, key, fn, arg);
}

int
mls__changes_scan(const struct mls_changes *c, struct mls_map map,
    struct mls_buf prefix, mls_record_fn fn, void *arg)
{
	struct mls_map_cursor old, new;
	struct mls_buf key, value, new_key, new_value;
	bool is_old, is_new;
	int d, status = MLS_P_OK;

	mls__map_seek(&old, map, prefix);
	mls__map_seek(&new, c->put, prefix);
	while (status == MLS_P_OK) {
		is_old = mls__map_at(&old, &key, &value);
		is_new = mls__map_at(&new, &new_key, &new_value);
		if (!is_old && !is_new)
			break;
		d = !is_new ? -1 : !is_old ? 1 :
		    mls__map_compare(key, new_key);
		if (d <= 0)
			mls__map_next(&old);
		if (d >= 0) {
			mls__map_next(&new);
			status = fn(arg, new_key, new_value);
		} else if (!mls__map_has(c->gone, key)) {
			status = fn(arg, key, value);
		}
	}
	return status;
}

int
mls__changes_apply(struct mls_map *map, struct mls_changes *c)
{
	struct mls_map_cursor at;
	struct mls_buf key, value;
	int status = MLS_P_OK;

	mls__map_seek(&at, c->gone, nothing);
	while (status == MLS_P_OK && mls__map_at(&at, &key, &value)) {
		status = mls__map_del(map, key);
		mls__map_next(&at);
	}
	return status != MLS_P_OK ? status : mls__map_merge(map, &c->put);
}

void
mls__changes_drop(struct mls_changes *c)
{
	mls__map_drop(c->put);
	mls__map_drop(c->gone);
}
